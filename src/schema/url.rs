//! Addresses as Go's `net/url` takes them: more than RFC 3986 allows in paths, less in hosts.

/// An address with a scheme.
pub(super) fn absolute(text: &str) -> bool {
    parse(text).is_some_and(|url| url.absolute)
}

/// An address, or what stands for one beside another.
pub(super) fn reference(text: &str) -> bool {
    !text.contains('\\') && parse(text).is_some()
}

/// An address with expressions in braces in its path.
pub(super) fn template(text: &str) -> bool {
    let Some(url) = parse(text) else { return false };
    url.path.split('/').all(|segment| {
        let mut braces = segment.chars().filter(|c| matches!(c, '{' | '}'));
        braces.try_fold(false, |open, brace| (open != (brace == '{')).then_some(!open)) == Some(false)
    })
}

struct Url<'a> {
    absolute: bool,
    path: &'a str,
}

fn parse(text: &str) -> Option<Url<'_>> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    if !escapes_hold(fragment) || text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return None;
    }
    let (absolute, rest) = scheme(text)?;
    let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !rest.starts_with('/') {
        if absolute {
            return Some(Url { absolute, path: "" });
        }
        if rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return None;
        }
    }
    let path = match rest.strip_prefix("//").filter(|_| absolute || !rest.starts_with("///")) {
        Some(behind) => {
            let (authority, path) = behind.split_at(behind.find('/').unwrap_or(behind.len()));
            if !authority_holds(authority) {
                return None;
            }
            path
        }
        None => rest,
    };
    escapes_hold(path).then_some(Url { absolute, path })
}

/// Whether there is a scheme, and what follows it; nothing when the colon has none before it.
fn scheme(text: &str) -> Option<(bool, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((true, &text[at + 1..])),
            _ => break,
        }
    }
    Some((false, text))
}

fn authority_holds(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let in_user = |b: u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&b);
    user.bytes().all(in_user) && escapes_hold(user) && host_holds(host)
}

fn host_holds(host: &str) -> bool {
    let port_holds = |port: &str| port.bytes().all(|b| b.is_ascii_digit());
    if let Some(inside) = host.strip_prefix('[') {
        let Some((address, port)) = inside.rsplit_once(']') else { return false };
        let address = address.split_once("%25").map_or(address, |(address, _)| address);
        return (port.is_empty() || port.strip_prefix(':').is_some_and(port_holds))
            && address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let (name, port) = host.split_once(':').unwrap_or((host, ""));
    let in_host = |b: u8| !b.is_ascii() || b.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"%".contains(&b);
    port_holds(port) && name.bytes().all(in_host) && escapes_hold(name)
}

/// Whether every `%` has two digits.
fn escapes_hold(text: &str) -> bool {
    text.split('%').skip(1).all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit()))
}

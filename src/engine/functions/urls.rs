//! URLs in parts, by Go's rules, and host names, which are never looked up.

use minijinja::value::Value;
use minijinja::{Error, State};

use super::encoding::text_or_bytes;
use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("urlParse", url_parse, "the parts of a URL", "urlParse(\"http://a/b?c\").path → /b"),
    Function::new(
        "urlJoin",
        url_join,
        "a URL of its parts",
        "urlJoin({\"scheme\": \"http\", \"host\": \"a\"}) → http://a",
    ),
    Function::new(
        "getHostByName",
        get_host_by_name,
        "nothing: no name is looked up, as in Helm without --enable-dns",
        "getHostByName(\"example.com\") == \"\" → true",
    ),
];

fn get_host_by_name(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    arguments.text(0).map(|_| Value::from(""))
}

fn url_parse(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let text = arguments.text(0)?;
    let url = Url::parse(&text).map_err(|reason| arguments.error(format_args!("unable to parse url: {reason}")))?;
    let hostname = hostname(&url.host).to_vec();
    Ok(Value::from_pairs([
        ("scheme", Value::from(url.scheme)),
        ("host", text_or_bytes(url.host)),
        ("hostname", text_or_bytes(hostname)),
        ("path", text_or_bytes(url.path)),
        ("query", Value::from(url.query)),
        ("opaque", Value::from(url.opaque)),
        ("fragment", text_or_bytes(url.fragment)),
        ("userinfo", Value::from(url.user.map_or_else(String::new, |user| user.text()))),
    ]))
}

fn url_join(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let parts = if arguments.value(0)?.is_none() { Vec::new() } else { arguments.map(0)? };
    let part = |name: &str| match parts.iter().find(|(key, _)| key == name) {
        None => Ok(Vec::new()),
        Some((_, value)) => value.as_bytes().map(<[u8]>::to_vec).ok_or_else(|| {
            let kind = if value.is_integer() { "int" } else { super::types::kind_name(value) };
            arguments.error(format_args!("unable to parse {name} key, must be of type string, but {kind} found"))
        }),
    };
    let text = |name: &str| Ok::<_, Error>(String::from_utf8_lossy(&part(name)?).into_owned());
    let mut url = Url {
        scheme: text("scheme")?,
        host: part("host")?,
        path: part("path")?,
        query: text("query")?,
        opaque: text("opaque")?,
        fragment: part("fragment")?,
        user: None,
    };
    let userinfo = text("userinfo")?;
    if !userinfo.is_empty() {
        let with_user = Url::parse(&format!("proto://{userinfo}@host"));
        url.user = with_user
            .map_err(|reason| arguments.error(format_args!("unable to parse userinfo in dict: {reason}")))?
            .user;
    }
    Ok(Value::from(url.text()))
}

/// Where escapes are looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    User,
    Host,
    Zone,
    Path,
    Fragment,
}

struct User {
    name: Vec<u8>,
    password: Option<Vec<u8>>,
}

impl User {
    fn text(&self) -> String {
        let password = self.password.as_ref().map(|password| format!(":{}", escape(password, Place::User)));
        escape(&self.name, Place::User) + &password.unwrap_or_default()
    }
}

/// The parts of a URL, without escapes but for the query and the opaque part.
#[derive(Default)]
struct Url {
    scheme: String,
    user: Option<User>,
    host: Vec<u8>,
    path: Vec<u8>,
    query: String,
    opaque: String,
    fragment: Vec<u8>,
}

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// In Go's words.
    fn parse(text: &str) -> Result<Self, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let failed = |text: &str, reason: String| format!("parse {}: {reason}", print::quote(&redacted(text)));
        let mut url = Self::without_fragment(before).map_err(|reason| failed(before, reason))?;
        url.fragment = unescape(fragment, Place::Fragment).map_err(|reason| failed(text, reason))?;
        Ok(url)
    }

    fn without_fragment(text: &str) -> Result<Self, String> {
        let mut url = Self::default();
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        let (scheme, rest) = scheme(text)?;
        url.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        query.clone_into(&mut url.query);
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                rest.clone_into(&mut url.opaque);
                return Ok(url);
            }
            if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let mut path = rest;
        let has_authority = !url.scheme.is_empty() || !rest.starts_with("///");
        if let Some(authority) = rest.strip_prefix("//").filter(|_| has_authority) {
            let (authority, after) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
            path = after;
            let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
            url.host = host_of(host)?;
            url.user = user.map(user_of).transpose()?;
        }
        url.path = unescape(path, Place::Path)?;
        Ok(url)
    }

    fn text(&self) -> String {
        let mut out = String::new();
        if !self.scheme.is_empty() {
            out = format!("{}:", self.scheme);
        }
        if self.opaque.is_empty() {
            let path = if self.path == b"*" { "*".to_owned() } else { escape(&self.path, Place::Path) };
            if !self.host.is_empty() || self.user.is_some() || !self.scheme.is_empty() && !self.path.is_empty() {
                out.push_str("//");
            }
            if let Some(user) = &self.user {
                out.push_str(&format!("{}@", user.text()));
            }
            out.push_str(&escape(&self.host, Place::Host));
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                out.push('/');
            }
            // A colon in the first segment would make it a scheme (RFC 3986, section 4.2).
            if out.is_empty() && path.split('/').next().is_some_and(|segment| segment.contains(':')) {
                out.push_str("./");
            }
            out.push_str(&path);
        } else {
            out.push_str(&self.opaque);
        }
        if !self.query.is_empty() {
            out.push_str(&format!("?{}", self.query));
        }
        if !self.fragment.is_empty() {
            out.push_str(&format!("#{}", escape(&self.fragment, Place::Fragment)));
        }
        out
    }
}

/// A URL for the eyes of everybody: with `xxxxx` for its password, as Go's `URL.Redacted`.
fn redacted(text: &str) -> String {
    let Some((before, after)) = text.split_once("//") else { return text.to_owned() };
    match after.rsplit_once('@').and_then(|(userinfo, host)| Some((userinfo.split_once(':')?.0, host))) {
        Some((user, host)) => format!("{before}//{user}:xxxxx@{host}"),
        None => text.to_owned(),
    }
}

/// The scheme, empty where there is none, and the rest.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

fn user_of(text: &str) -> Result<User, String> {
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !text.bytes().all(valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = text.split_once(':').map_or((text, None), |(name, password)| (name, Some(password)));
    let password = password.map(|password| unescape(password, Place::User)).transpose()?;
    Ok(User { name: unescape(name, Place::User)?, password })
}

fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn host_of(text: &str) -> Result<Vec<u8>, String> {
    let port = |text: &str| {
        if is_port(text) { Ok(()) } else { Err(format!("invalid port {} after host", print::quote(text))) }
    };
    if let Some(open) = text.rfind('[') {
        let close = text.rfind(']').ok_or("missing ']' in host")?;
        port(&text[close + 1..])?;
        if open > 0 || close < open {
            return Err("invalid IP-literal".to_owned());
        }
        let (address, zone) = text[1..close].split_once("%25").map_or((&text[1..close], None), |(a, z)| (a, Some(z)));
        let unescaped = unescape(address, Place::Host)?;
        let valid = std::str::from_utf8(&unescaped).is_ok_and(|text| text.parse::<std::net::Ipv6Addr>().is_ok());
        if address.parse::<std::net::Ipv4Addr>().is_ok() {
            return Err("invalid IP-literal".to_owned());
        }
        if !valid {
            return Err(format!("invalid host: ParseAddr({}): unable to parse IP", print::quote(address)));
        }
        if zone == Some("") {
            let address = print::quote(&format!("{address}%"));
            return Err(format!("invalid host: ParseAddr({address}): zone must be a non-empty string"));
        }
        let zone = zone.map(|zone| unescape(&format!("%25{zone}"), Place::Zone)).transpose()?.unwrap_or_default();
        return Ok([b"[", unescaped.as_slice(), &zone, &text.as_bytes()[close..]].concat());
    }
    if let Some(colon) = text.find(':') {
        port(&text[colon..])?;
    }
    unescape(text, Place::Host)
}

/// A host without its port and without the brackets of an IPv6 address.
fn hostname(host: &[u8]) -> &[u8] {
    let colon = host.iter().rposition(|byte| *byte == b':');
    let is_port = |at: &usize| host[at + 1..].iter().all(u8::is_ascii_digit);
    let host = colon.filter(is_port).map_or(host, |at| &host[..at]);
    host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host)
}

/// Whether a byte is written as an escape there.
fn needs_escape(byte: u8, place: Place) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    match place {
        Place::Host | Place::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Place::User => !b"$&+,;=".contains(&byte),
        Place::Path => !b"$&+,/:;=@".contains(&byte),
        Place::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
    }
}

fn escape(bytes: &[u8], place: Place) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if needs_escape(*byte, place) {
            out.push_str(&format!("%{byte:02X}"));
        } else {
            out.push(char::from(*byte));
        }
    }
    out
}

fn unescape(text: &str, place: Place) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let in_host = matches!(place, Place::Host | Place::Zone);
    while let Some((first, after)) = rest.split_first() {
        if *first != b'%' {
            if in_host && first.is_ascii() && needs_escape(*first, place) {
                let character = print::quote(&char::from(*first).to_string());
                return Err(format!("invalid character {character} in host name"));
            }
            out.push(*first);
            rest = after;
            continue;
        }
        let escaped = &rest[..rest.len().min(3)];
        let invalid = || format!("invalid URL escape {}", print::quote(&String::from_utf8_lossy(escaped)));
        let digit = |at: usize| escaped.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (high, low) = (digit(1).ok_or_else(invalid)?, digit(2).ok_or_else(invalid)?);
        let byte = u8::try_from(high * 16 + low).unwrap_or_default();
        let refused = match place {
            Place::Host => high < 8 && escaped != b"%25",
            Place::Zone => escaped != b"%25" && byte != b' ' && needs_escape(byte, Place::Host),
            _ => false,
        };
        if refused {
            return Err(invalid());
        }
        out.push(byte);
        rest = &rest[3..];
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_tells_no_password() {
        for url in ["http://u:hunter2@h:x", "http://u:hunter2@h/%zz", "http://u:hunt/er2@h/%zz", "a://u:hunter2@h@h:x"]
        {
            let error = Url::parse(url).err().unwrap_or_default();
            assert!(error.contains("u:xxxxx@h") && !error.contains("er2"), "{error}");
        }
    }
}

//! The formats that Helm asserts up to draft 7, where its library and the validator differ: hosts and addresses as Go
//! reads them, and formats of later drafts.

use super::pattern::portable;
use super::url;

/// A format's name and whether a text has it.
type Format = (&'static str, fn(&str) -> bool);

/// The formats that replace those of the validator.
pub(super) const FORMATS: [Format; 16] = [
    ("duration", duration),
    ("email", email),
    ("hostname", hostname),
    ("idn-email", |_| true),
    ("idn-hostname", |_| true),
    ("iri", url::absolute),
    ("iri-reference", url::reference),
    ("json-pointer", json_pointer),
    ("period", period),
    ("regex", |text| portable(text).is_ok()),
    ("relative-json-pointer", relative_json_pointer),
    ("semver", |text| semver::Version::parse(text).is_ok()),
    ("uri", url::absolute),
    ("uri-reference", url::reference),
    ("uri-template", url::template),
    ("uuid", uuid),
];

fn uuid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    name.len() <= 253
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

fn email(text: &str) -> bool {
    if text.len() > 254 {
        return false;
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    local.len() <= 64 && local_part(local) && domain_part(domain)
}

fn local_part(local: &str) -> bool {
    if let Some(quoted) =
        local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inner| !inner.is_empty())
    {
        return !quoted.contains(['\\', '"']);
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || ".!#$%&'*+-/=?^_`{|}~".contains(c);
    !local.starts_with('.') && !local.ends_with('.') && !local.contains("..") && local.chars().all(plain)
}

fn domain_part(domain: &str) -> bool {
    let Some(literal) = domain.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else {
        return hostname(domain);
    };
    match literal.strip_prefix("IPv6:") {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => literal.parse::<std::net::Ipv4Addr>().is_ok(),
    }
}

fn json_pointer(text: &str) -> bool {
    let mut escapes = text.split('~').skip(1);
    (text.is_empty() || text.starts_with('/')) && escapes.all(|rest| rest.starts_with(['0', '1']))
}

fn relative_json_pointer(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - rest.len();
    digits > 0 && (digits == 1 || !text.starts_with('0')) && (rest == "#" || json_pointer(rest))
}

/// `P1Y2M3DT4H5M6S` or `P7W`: units in this order, at least one, and one behind a `T`.
fn duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P').filter(|rest| !rest.is_empty()) else { return false };
    if let Some(weeks) = rest.strip_suffix('W') {
        return !weeks.is_empty() && weeks.bytes().all(|b| b.is_ascii_digit());
    }
    let (date, time) = rest.split_once('T').map_or((rest, None), |(date, time)| (date, Some(time)));
    units(date, "YMD") && time.is_none_or(|time| !time.is_empty() && units(time, "HMS"))
}

fn units(mut text: &str, order: &str) -> bool {
    let mut left = order;
    while !text.is_empty() {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let Some(unit) = rest.chars().next().filter(|_| rest.len() < text.len()) else { return false };
        let Some(at) = left.find(unit) else { return false };
        left = &left[at + 1..];
        text = &rest[1..];
    }
    true
}

/// Two times, or a time and a duration, with a slash between them.
fn period(text: &str) -> bool {
    let time = |text: &str| {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&serde_json::json!({"$schema": "http://json-schema.org/draft-07/schema#", "format": "date-time"}));
        validator.is_ok_and(|validator| validator.is_valid(&serde_json::Value::from(text)))
    };
    match text.split_once('/') {
        Some((start, end)) if start.starts_with('P') => duration(start) && time(end),
        Some((start, end)) => time(start) && (time(end) || (end.starts_with('P') && duration(end))),
        None => false,
    }
}

//! Versions as Helm's library reads them: a leading `v` and missing numbers are fine, leading zeros are dropped.

use semver::{BuildMetadata, Prerelease, Version};

/// The longest version, in bytes; Helm's limit.
const MAX_LENGTH: usize = 256;

/// Reads a version.
///
/// # Errors
/// In the words of Helm.
pub fn parse_version(text: &str) -> Result<Version, String> {
    if text.len() > MAX_LENGTH {
        return Err(format!("version string is too long (max {MAX_LENGTH} bytes)"));
    }
    let invalid = || "invalid semantic version".to_owned();
    let spelled = Spelled::scan(text).filter(|spelled| spelled.length == text.len()).ok_or_else(invalid)?;
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(spelled.numbers) {
        *number = parse_number(digits.unwrap_or("0")).ok_or_else(invalid)??;
    }
    let [major, minor, patch] = numbers;
    // What the grammar lets pass can only be refused for a leading zero.
    let pre = Prerelease::new(spelled.pre).map_err(|_| "version segment starts with 0".to_owned())?;
    let build = BuildMetadata::new(spelled.build).map_err(|_| invalid())?;
    Ok(Version { major, minor, patch, pre, build })
}

/// Nothing when it is no number, Go's words when it is too large.
fn parse_number(digits: &str) -> Option<Result<u64, String>> {
    let all_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| {
        digits.parse().map_err(|_| {
            format!("error parsing version segment: strconv.ParseUint: parsing {digits:?}: value out of range")
        })
    })
}

/// The parts of a version at the beginning of a text, where numbers may be wild.
pub(super) struct Spelled<'a> {
    /// Digits, `x`, `X`, `*` (and `|`, which Helm's grammar lets pass); nothing where left out.
    pub(super) numbers: [Option<&'a str>; 3],
    /// What follows `-`, without it.
    pub(super) pre: &'a str,
    /// What follows `+`, without it.
    pub(super) build: &'a str,
    /// Bytes of the text that it takes.
    pub(super) length: usize,
}

impl<'a> Spelled<'a> {
    pub(super) fn scan(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix('v').unwrap_or(text);
        let mut numbers = [None; 3];
        let length = Some(number_length(rest)).filter(|length| *length > 0)?;
        numbers[0] = Some(take(&mut rest, length));
        for number in &mut numbers[1..] {
            let length = rest.strip_prefix('.').map_or(0, number_length);
            if length == 0 {
                break;
            }
            *number = Some(&take(&mut rest, length + 1)[1..]);
        }
        let pre = take_suffix(&mut rest, '-');
        let build = take_suffix(&mut rest, '+');
        Some(Self { numbers, pre, build, length: text.len() - rest.len() })
    }
}

fn take<'a>(rest: &mut &'a str, length: usize) -> &'a str {
    let (taken, left) = rest.split_at(length);
    *rest = left;
    taken
}

fn number_length(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'X' | b'*' | b'|')).count()
}

/// Identifiers between dots; an empty one ends them, without its dot.
fn take_suffix<'a>(rest: &mut &'a str, sign: char) -> &'a str {
    let Some(after) = rest.strip_prefix(sign) else { return "" };
    let mut length = 0;
    for identifier in after.split('.') {
        let valid = identifier.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').count();
        if valid == 0 {
            break;
        }
        length += valid + usize::from(length > 0);
        if valid < identifier.len() {
            break;
        }
    }
    if length == 0 { "" } else { &take(rest, length + 1)[1..] }
}

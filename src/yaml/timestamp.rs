//! Which texts a YAML 1.1 reader takes for a time: those of Go's `time.Parse` with go-yaml's four layouts.

/// Whether the text is a date, or a date and a time.
pub(super) fn is_timestamp(text: &str) -> bool {
    let Some(after_date) = date(text) else { return false };
    match after_date.as_bytes().first() {
        None => true,
        Some(b'T' | b't') => clock(&after_date[1..]).is_some_and(is_zone),
        Some(b' ') => clock(after_date.trim_start_matches(' ')).is_some_and(str::is_empty),
        Some(_) => false,
    }
}

/// What follows a date that exists: four digits, and month and day of one or two.
fn date(text: &str) -> Option<&str> {
    let year = text.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
    let year: u32 = year.parse().ok()?;
    let (month, rest) = number(text.get(4..)?.strip_prefix('-')?)?;
    let (day, rest) = number(rest.strip_prefix('-')?)?;
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=days).contains(&day).then_some(rest)
}

/// What follows `hours:minutes:seconds`, with or without a fraction.
fn clock(text: &str) -> Option<&str> {
    let (hours, rest) = number(text)?;
    let (minutes, rest) = number(rest.strip_prefix(':')?)?;
    let (seconds, rest) = number(rest.strip_prefix(':')?)?;
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let Some(fraction) = rest.strip_prefix(['.', ',']) else { return Some(rest) };
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    Some(if digits == 0 { rest } else { &fraction[digits..] })
}

/// `Z`, or an offset such as `+02:00`.
fn is_zone(text: &str) -> bool {
    let bytes = text.as_bytes();
    let two = |at: usize| match (bytes[at], bytes[at + 1]) {
        (a @ b'0'..=b'9', b @ b'0'..=b'9') => Some((a - b'0') * 10 + b - b'0'),
        _ => None,
    };
    text == "Z"
        || bytes.len() == 6
            && matches!(bytes[0], b'+' | b'-')
            && bytes[3] == b':'
            && two(1).is_some_and(|hours| hours <= 24)
            && two(4).is_some_and(|minutes| minutes <= 60)
}

/// A number of one or two digits and what follows it.
fn number(text: &str) -> Option<(u32, &str)> {
    let length = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    Some((text[..length].parse().ok()?, &text[length..]))
}

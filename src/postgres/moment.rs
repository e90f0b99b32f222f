//! Moments that a recovery goes back to.

use jiff::Timestamp;

/// The second of `2026-05-01 09:30:00.5+02:00`, rounded down; none for what is no such moment.
///
/// pgBackRest and `recovery_target_time` read more shapes than this one, but not the same, and without a zone nobody knows which
/// moment is meant.
pub fn second(text: &str) -> Option<i64> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    let rest = shape.strip_prefix("0000-00-00 00:00:00")?;
    let rest = rest.strip_prefix('.').map_or(rest, |rest| rest.trim_start_matches('0'));
    let zone = rest.strip_prefix(['+', '-'])?;
    let known = ["00", "0000", "00:00"].contains(&zone);
    known.then(|| text.parse::<Timestamp>().ok()).flatten().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_zone() {
        for (text, expected) in
            [("1970-01-01 00:01:00+00", 60), ("1970-01-01 02:00:00.999+02:00", 0), ("1970-01-01 00:00:00-0530", 19_800)]
        {
            assert_eq!(second(text), Some(expected), "{text}");
        }
        for text in [
            "2026-05-01 09:30:00",
            "2026-05-01T09:30:00+00",
            "2026-05-01",
            "yesterday",
            "2026-05-01 09:30:00 UTC",
            "2026-13-01 09:30:00+00",
        ] {
            assert_eq!(second(text), None, "{text}");
        }
    }
}

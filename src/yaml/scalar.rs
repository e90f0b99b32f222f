//! How a plain scalar reads: Helm's YAML 1.1 rules, except that integers stay integers.

use super::{Value, write};

/// What a plain scalar means, and whether its spelling is one that people get wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Resolved {
    pub(super) value: Value,
    pub(super) spelling: Spelling,
}

/// Spellings that mean something else than they seem to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// Nothing unusual.
    Ordinary,
    /// `yes`, `on`, `n` …: a boolean in YAML 1.1, text in YAML 1.2.
    WordBoolean,
    /// `0755`: 493.
    Octal,
    /// `.inf`, `.nan`: nothing that JSON can carry.
    NotFinite,
}

/// Resolves a plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Resolved {
    let ordinary = |value| Resolved { value, spelling: Spelling::Ordinary };
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return ordinary(Value::Null),
        "true" | "True" | "TRUE" => return ordinary(Value::Bool(true)),
        "false" | "False" | "FALSE" => return ordinary(Value::Bool(false)),
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => {
            return Resolved { value: Value::Bool(true), spelling: Spelling::WordBoolean };
        }
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Resolved { value: Value::Bool(false), spelling: Spelling::WordBoolean };
        }
        _ if not_finite(text).is_some() => {
            return Resolved { value: Value::String(text.to_owned()), spelling: Spelling::NotFinite };
        }
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.')) {
        return ordinary(Value::String(text.to_owned()));
    }
    match number(text) {
        Some(Number::Int { value, octal: true }) => Resolved { value: Value::Int(value), spelling: Spelling::Octal },
        Some(number) => ordinary(number.value()),
        None => ordinary(Value::String(text.to_owned())),
    }
}

/// The one name of a number that is infinite or none.
pub(super) fn not_finite(text: &str) -> Option<&'static str> {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Some(".inf"),
        "-.inf" | "-.Inf" | "-.INF" => Some("-.inf"),
        ".nan" | ".NaN" | ".NAN" => Some(".nan"),
        _ => None,
    }
}

/// A number as go-yaml tells them apart.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Number {
    /// Written as an integer, within 64 bits with a sign; `octal` by a leading zero alone.
    Int { value: i64, octal: bool },
    /// Written as an integer beyond them, within 64 bits without a sign.
    Unsigned(u64),
    /// Anything else; finite.
    Float(f64),
}

impl Number {
    /// The value; a whole number is an integer however it is written.
    fn value(self) -> Value {
        match self {
            Self::Int { value, .. } => Value::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "beyond 64 bits Helm keeps a float, too")]
            Self::Unsigned(number) => Value::Float(number as f64),
            #[expect(clippy::cast_possible_truncation, reason = "the value is integral and within i64 by the check")]
            Self::Float(number) if number.fract() == 0.0 && number.abs() < 9.0e15 => Value::Int(number as i64),
            Self::Float(number) => Value::Float(number),
        }
    }
}

/// A plain scalar that is a number as map key: integers as digits, others with the digits of 32 bits, as in Helm;
/// nothing for what Helm refuses.
pub(super) fn number_key(text: &str, as_float: bool) -> Option<String> {
    match number(text)? {
        Number::Int { value, .. } if !as_float => Some(value.to_string()),
        #[expect(clippy::cast_precision_loss, reason = "as in Helm")]
        Number::Int { value, .. } => Some(write::shortest_single(value as f32)),
        Number::Unsigned(_) => None,
        #[expect(clippy::cast_possible_truncation, reason = "as in Helm")]
        Number::Float(number) => Some(write::shortest_single(number as f32)),
    }
}

/// Whether a scalar is written as an integer.
pub(super) fn is_whole(text: &str) -> bool {
    matches!(number(text), Some(Number::Int { .. } | Number::Unsigned(_)))
}

/// A number as go-yaml reads it.
fn number(text: &str) -> Option<Number> {
    // Underscores separate digits, except after a leading point.
    if text.starts_with('.') && text.contains('_') {
        return None;
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, &plain[1..]),
        b'+' => (false, &plain[1..]),
        _ => (false, &plain[..]),
    };
    if let Some((magnitude, octal)) = whole(digits) {
        let signed = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
        if let Ok(value) = i64::try_from(signed) {
            return Some(Number::Int { value, octal });
        }
        if signed > 0 {
            return Some(Number::Unsigned(magnitude));
        }
    }
    if !is_float(digits) {
        return None;
    }
    let parsed: f64 = plain.trim_start_matches('+').parse().ok()?;
    parsed.is_finite().then_some(Number::Float(parsed))
}

/// An unsigned integer with Go's base prefixes.
fn whole(digits: &str) -> Option<(u64, bool)> {
    let radix = |prefix: &str, base: u32| {
        let rest = digits.strip_prefix(prefix)?;
        let clean = !rest.is_empty() && rest.chars().all(|c| c.is_digit(base));
        clean.then(|| u64::from_str_radix(rest, base).ok())?
    };
    for (prefixes, base) in [(["0x", "0X"], 16), (["0o", "0O"], 8), (["0b", "0B"], 2)] {
        if let Some(number) = prefixes.iter().find_map(|prefix| radix(prefix, base)) {
            return Some((number, false));
        }
    }
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return u64::from_str_radix(digits, 8).ok().map(|number| (number, true));
    }
    digits.parse().ok().map(|number| (number, false))
}

/// `digits[.digits][e[+-]digits]` or `.digits…`, without a sign.
fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some((before, after)) => digits(before) && digits(after) && !(before.is_empty() && after.is_empty()),
        None => !mantissa.is_empty() && digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    mantissa_ok && exponent_ok
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_read_as_helm_reads_them() {
        let int = Value::Int;
        for (text, value) in [
            ("0755", int(493)),
            ("0o755", int(493)),
            ("0b101", int(5)),
            ("0x1F", int(31)),
            ("089", int(89)),
            ("+5", int(5)),
            ("-012", int(-10)),
            ("0_7", int(7)),
            ("1e3", int(1000)),
            ("1.", int(1)),
            (".5", Value::Float(0.5)),
            ("1_000.5", Value::Float(1000.5)),
            ("12e03", int(12000)),
            ("9007199254740993", int(9_007_199_254_740_993)),
            ("Off", Value::Bool(false)),
            ("tRue", Value::String("tRue".into())),
            ("0b2", Value::String("0b2".into())),
            ("0xZZ", Value::String("0xZZ".into())),
            ("._1", Value::String("._1".into())),
            ("2024-01-01", Value::String("2024-01-01".into())),
            ("12:30:45", Value::String("12:30:45".into())),
            ("1.2.3", Value::String("1.2.3".into())),
            ("-", Value::String("-".into())),
        ] {
            assert_eq!(resolve(text).value, value, "{text}");
        }
    }
}

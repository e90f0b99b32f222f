//! Conversions, by the rules of the cast library that sprig uses: what is no number is 0.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("int", int, "a value as an integer, 0 when it is none", "int(\"7\") → 7"),
    Function::new("int64", int, "the same as int", "int64(\"0x10\") → 16"),
    Function::new("float64", float64, "a value as a floating-point number", "float64(\"1.5\") → 1.5"),
    Function::new("atoi", atoi, "decimal text as an integer", "atoi(\"010\") → 10"),
    Function::new("toDecimal", to_decimal, "octal digits as an integer", "toDecimal(\"777\") → 511"),
    Function::new("toString", to_string, "any value as text", "toString(true) → true"),
    Function::new("toStrings", to_strings, "the items of a list as text", "toStrings([1, 2]) → [1 2]"),
];

/// An integer: numbers are cut towards zero, text is read with Go's base prefixes.
///
/// # Errors
/// When a floating-point number is beyond what 64 bits hold; Go's result then depends on the processor.
pub(super) fn to_int(arguments: &Arguments<'_>, value: &Value) -> Result<i64, Error> {
    Ok(match value.kind() {
        ValueKind::Bool => i64::from(value.is_true()),
        ValueKind::Number => match value.as_i64() {
            Some(whole) => whole,
            None => whole_part(arguments, f64::try_from(value.clone()).unwrap_or_default())?,
        },
        ValueKind::String => parse_int(trim_zero_decimals(value.as_str().unwrap_or_default())).unwrap_or(0),
        _ => 0,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the range is checked, and cutting is the documented result")]
fn whole_part(arguments: &Arguments<'_>, number: f64) -> Result<i64, Error> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if (-LIMIT..LIMIT).contains(&number) {
        return Ok(number as i64);
    }
    Err(arguments
        .error(format_args!("got {}, which is out of the range of integers", print::print(&Value::from(number)))))
}

/// `1.00` is `1`; `1.50` stays.
fn trim_zero_decimals(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, decimals)) if !whole.is_empty() && decimals.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    }
}

/// Go's integer literals: a sign, `0x`, `0o`, `0b` or a leading 0, `_` between digits.
fn parse_int(text: &str) -> Option<i64> {
    let (sign, digits) = split_sign(text);
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    let prefixed = radix != 10;
    let digits = without_underscores(digits, prefixed)?;
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

fn split_sign(text: &str) -> (&str, &str) {
    match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    }
}

/// Drops single `_` between digits, or right after a base prefix; a second sign is no digit either.
fn without_underscores(digits: &str, prefixed: bool) -> Option<String> {
    let misplaced = digits.contains("__") || digits.ends_with('_') || (digits.starts_with('_') && !prefixed);
    (!misplaced && !digits.is_empty() && !digits.starts_with(['+', '-'])).then(|| digits.replace('_', ""))
}

/// A floating-point number as the cast library reads it.
pub(super) fn to_float(value: &Value) -> f64 {
    match value.kind() {
        ValueKind::Bool => f64::from(u8::from(value.is_true())),
        ValueKind::Number => f64::try_from(value.clone()).unwrap_or_default(),
        ValueKind::String => parse_float(value.as_str().unwrap_or_default()).unwrap_or_default(),
        _ => 0.0,
    }
}

/// Go's floating-point literals: `1_0.5`, `.5`, `1e3`, `0x1p4`, `inf`, `nan`; too large is none.
fn parse_float(text: &str) -> Option<f64> {
    let (sign, digits) = split_sign(text);
    let lower = digits.to_ascii_lowercase();
    let number = match lower.as_str() {
        "inf" | "infinity" => f64::INFINITY,
        "nan" => f64::NAN,
        hex if hex.starts_with("0x") => hex_float(&hex[2..])?,
        _ => {
            let plain = without_underscores(&lower, false)?;
            let valid = plain.bytes().all(|c| c.is_ascii_digit() || matches!(c, b'.' | b'e' | b'+' | b'-'));
            plain.parse().ok().filter(|number: &f64| valid && number.is_finite())?
        }
    };
    Some(if sign == "-" { -number } else { number })
}

/// `1.8p4`: hexadecimal digits and a binary exponent, which must be there.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let exponent: i32 = exponent.parse().ok()?;
    if digits.is_empty() || digits.len() > 13 {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "13 hexadecimal digits are 52 bits")]
    let mantissa = u64::from_str_radix(&digits, 16).ok()? as f64;
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?.checked_mul(4)?)?;
    Some(mantissa * 2f64.powi(shift)).filter(|number| number.is_finite())
}

fn int(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    to_int(arguments, arguments.value(0)?).map(Value::from)
}

fn float64(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(to_float(arguments.value(0)?)))
}

/// Decimal digits with a sign; what is too large is the largest, what is none is 0.
fn atoi(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let text = arguments.text(0)?;
    let digits = split_sign(&text).1;
    if digits.is_empty() || !digits.bytes().all(|c| c.is_ascii_digit()) {
        return Ok(Value::from(0));
    }
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(Value::from(text.parse().unwrap_or(limit)))
}

fn to_decimal(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let text = print::print(arguments.value(0)?);
    Ok(Value::from(i64::from_str_radix(&text, 8).unwrap_or(0)))
}

fn to_string(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(print::print(arguments.value(0)?)))
}

/// The items of a list as text, without those that are none; anything else is a list of one.
fn to_strings(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let value = arguments.value(0)?;
    Ok(match value.kind() {
        ValueKind::None => Value::from(Vec::<Value>::new()),
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter()?.filter(|item| !item.is_none()).map(|item| Value::from(print::print(&item))).collect()
        }
        _ => Value::from(vec![print::print(value)]),
    })
}

//! Whole-number arithmetic and conversions.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("int", int, "a value as an integer, 0 when it is none", "int(\"7\") → 7"),
    Function::new("int64", int, "the same as int", "int64(\"7\") → 7"),
    Function::new("add", add, "the sum", "add(1, 2, 3) → 6"),
    Function::new("add1", add1, "one more", "add1(1) → 2"),
    Function::new("sub", sub, "the difference", "sub(5, 2) → 3"),
    Function::new("mul", mul, "the product", "mul(2, 3) → 6"),
    Function::new("div", div, "the whole quotient", "div(7, 2) → 3"),
    Function::new("mod", modulo, "the remainder", "mod(7, 2) → 1"),
    Function::new("max", max, "the largest", "max(1, 3, 2) → 3"),
    Function::new("min", min, "the smallest", "min(3, 1, 2) → 1"),
];

/// An integer by the rules of Helm's cast library: numbers are cut, text is read with Go's base prefixes.
fn to_int(value: &Value) -> i64 {
    match value.kind() {
        ValueKind::Bool => i64::from(value.is_true()),
        ValueKind::Number => match value.as_i64() {
            Some(whole) => whole,
            #[expect(clippy::cast_possible_truncation, reason = "cutting is the documented result")]
            None => f64::try_from(value.clone()).map_or(0, |number| number as i64),
        },
        ValueKind::String => text_to_int(value.as_str().unwrap_or_default()),
        _ => 0,
    }
}

fn text_to_int(text: &str) -> i64 {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let (negative, digits) = match whole.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, whole),
    };
    let number = if let Some(hex) = digits.strip_prefix("0x") {
        i64::from_str_radix(hex, 16)
    } else if digits.len() > 1 && digits.starts_with('0') {
        i64::from_str_radix(&digits[1..], 8)
    } else {
        digits.parse()
    };
    number.map_or(0, |number| if negative { -number } else { number })
}

fn numbers(arguments: &Arguments<'_>, low: usize) -> Result<Vec<i64>, Error> {
    arguments.count(low..=usize::MAX)?;
    Ok(arguments.all().iter().map(to_int).collect())
}

fn fold(arguments: &Arguments<'_>, step: fn(i64, i64) -> Option<i64>) -> Result<Value, Error> {
    let numbers = numbers(arguments, 1)?;
    let mut result = numbers[0];
    for number in &numbers[1..] {
        result = step(result, *number).ok_or_else(|| arguments.error("overflows or divides by zero"))?;
    }
    Ok(Value::from(result))
}

fn int(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(to_int(arguments.value(0)?)))
}

fn add(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_add)
}

fn add1(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(to_int(arguments.value(0)?).saturating_add(1)))
}

fn sub(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_sub)
}

fn mul(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_mul)
}

fn div(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_div)
}

fn modulo(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_rem)
}

fn max(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |a, b| Some(a.max(b)))
}

fn min(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |a, b| Some(a.min(b)))
}

//! Arithmetic: whole numbers, and decimals without the rounding of binary fractions.

use std::str::FromStr as _;

use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive as _, Zero as _};
use minijinja::value::Value;
use minijinja::{Error, State};

use super::convert::{to_float, to_int};
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("add", add, "the sum of integers", "add(1, 2, 3) → 6"),
    Function::new("add1", add1, "one more", "add1(1) → 2"),
    Function::new("sub", sub, "the difference of two integers", "sub(5, 2) → 3"),
    Function::new("mul", mul, "the product of integers", "mul(2, 3) → 6"),
    Function::new("div", div, "the whole quotient of two integers", "div(7, 2) → 3"),
    Function::new("mod", modulo, "the remainder of two integers", "mod(7, 2) → 1"),
    Function::new("max", max, "the largest integer", "max(1, 3, 2) → 3"),
    Function::new("biggest", max, "the old name of max", "biggest(1, 3, 2) → 3"),
    Function::new("min", min, "the smallest integer", "min(3, 1, 2) → 1"),
    Function::new("addf", addf, "the sum of decimals", "addf(0.1, 0.2) → 0.3"),
    Function::new("add1f", add1f, "one more, with decimals", "add1f(1.5) → 2.5"),
    Function::new("subf", subf, "the difference of decimals", "subf(0.3, 0.1) → 0.2"),
    Function::new("mulf", mulf, "the product of decimals", "mulf(1.5, 2) → 3"),
    Function::new("divf", divf, "the quotient of decimals", "divf(7, 2) → 3.5"),
    Function::new("maxf", maxf, "the largest number", "maxf(1, 2.5) → 2.5"),
    Function::new("minf", minf, "the smallest number", "minf(1, 2.5) → 1"),
    Function::new("ceil", ceil, "the next whole number upwards", "ceil(1.2) → 2"),
    Function::new("floor", floor, "the next whole number downwards", "floor(1.8) → 1"),
    Function::new("round", round, "rounded to so many decimals", "round(123.555, 2) → 123.56"),
];

fn integers(arguments: &Arguments<'_>) -> Result<Vec<i64>, Error> {
    arguments.all().iter().map(|value| to_int(arguments, value)).collect()
}

/// Combines integers from left to right. What does not fit into 64 bits is refused, where Go would go on with a wrong
/// number.
fn fold(arguments: &Arguments<'_>, step: fn(i64, i64) -> Option<i64>) -> Result<Value, Error> {
    let numbers = integers(arguments)?;
    let (first, rest) = numbers.split_first().ok_or_else(|| arguments.error("needs an argument"))?;
    let result = rest.iter().try_fold(*first, |result, number| step(result, *number));
    result.map(Value::from).ok_or_else(|| arguments.error("gets beyond the range of integers"))
}

fn add(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    if arguments.len() == 0 {
        return Ok(Value::from(0));
    }
    fold(arguments, i64::checked_add)
}

fn add1(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let next = integers(arguments)?[0].checked_add(1);
    next.map(Value::from).ok_or_else(|| arguments.error("gets beyond the range of integers"))
}

fn sub(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    fold(arguments, i64::checked_sub)
}

fn mul(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, i64::checked_mul)
}

fn divided(arguments: &Arguments<'_>, step: fn(i64, i64) -> Option<i64>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    if integers(arguments)?[1] == 0 {
        return Err(arguments.error("cannot divide: integer divide by zero"));
    }
    fold(arguments, step)
}

fn div(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    divided(arguments, i64::checked_div)
}

fn modulo(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    divided(arguments, |a, b| Some(a.wrapping_rem(b)))
}

fn max(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |a, b| Some(a.max(b)))
}

fn min(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |a, b| Some(a.min(b)))
}

/// The decimal that a number is written as: 0.1 is a tenth.
fn decimal(arguments: &Arguments<'_>, value: &Value) -> Result<BigDecimal, Error> {
    let number = to_float(value);
    let finite = number.is_finite().then(|| BigDecimal::from_str(&format!("{number:e}")).ok()).flatten();
    finite.ok_or_else(|| arguments.error(format_args!("cannot calculate with {number}")))
}

fn decimals(
    arguments: &Arguments<'_>,
    step: impl Fn(&BigDecimal, &BigDecimal) -> Result<BigDecimal, Error>,
) -> Result<Value, Error> {
    let numbers: Vec<BigDecimal> =
        arguments.all().iter().map(|value| decimal(arguments, value)).collect::<Result<_, _>>()?;
    let (first, rest) = numbers.split_first().ok_or_else(|| arguments.error("needs an argument"))?;
    let mut result = first.clone();
    for number in rest {
        result = step(&result, number)?;
    }
    Ok(Value::from(nearest(&result)))
}

fn nearest(number: &BigDecimal) -> f64 {
    number.to_scientific_notation().parse().ok().or_else(|| number.to_f64()).unwrap_or_default()
}

fn addf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    if arguments.len() == 0 {
        return Ok(Value::from(0.0));
    }
    decimals(arguments, |a, b| Ok(a + b))
}

fn add1f(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let sum = decimal(arguments, arguments.value(0)?)? + BigDecimal::from(1);
    Ok(Value::from(nearest(&sum)))
}

fn subf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    decimals(arguments, |a, b| Ok(a - b))
}

fn mulf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    decimals(arguments, |a, b| Ok(a * b))
}

/// Digits behind the point that a quotient keeps, as in sprig's decimal library.
const QUOTIENT_DIGITS: i64 = 16;

fn divf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    decimals(arguments, |a, b| {
        if b.is_zero() {
            return Err(arguments.error("cannot divide: decimal division by 0"));
        }
        Ok((a / b).with_scale_round(QUOTIENT_DIGITS, RoundingMode::HalfUp))
    })
}

fn extreme(arguments: &Arguments<'_>, choose: fn(f64, f64) -> f64) -> Result<Value, Error> {
    let numbers = arguments.all().iter().map(to_float);
    let found = numbers.reduce(choose).ok_or_else(|| arguments.error("needs an argument"))?;
    Ok(Value::from(found))
}

fn maxf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    extreme(arguments, f64::max)
}

fn minf(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    extreme(arguments, f64::min)
}

fn ceil(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(to_float(arguments.value(0)?).ceil() + 0.0))
}

fn floor(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(to_float(arguments.value(0)?).floor() + 0.0))
}

/// Rounds upwards from a fraction on, 0.5 unless told; of negative numbers always downwards, as sprig does.
fn round(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=3)?;
    let (number, places) = (to_float(arguments.value(0)?), arguments.integer(1)?);
    let threshold = if arguments.len() == 3 { to_float(arguments.value(2)?) } else { 0.5 };
    let scale = 10f64.powi(i32::try_from(places.clamp(-400, 400)).unwrap_or_default());
    let scaled = scale * number;
    let rounded = if scaled.fract() >= threshold { scaled.ceil() } else { scaled.floor() };
    Ok(Value::from(rounded / scale))
}

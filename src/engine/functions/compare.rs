//! Comparison, length and elements: functions of Go's templates, strict about types as Go is.

use std::cmp::Ordering;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::lenient("eq", eq, "whether the first argument equals one of the others", "eq(1, 2, 1) → true"),
    Function::lenient("ne", ne, "whether two values differ", "ne(1, 2) → true"),
    Function::new("lt", lt, "whether the first is less than the second", "lt(1, 2) → true"),
    Function::new("le", le, "whether the first is at most the second", "le(2, 2) → true"),
    Function::new("gt", gt, "whether the first is more than the second", "gt(2, 1) → true"),
    Function::new("ge", ge, "whether the first is at least the second", "ge(2, 2) → true"),
    Function::new("len", len, "the length of text (bytes), a list or a map", "len([1, 2]) → 2"),
    Function::new(
        "index",
        index,
        "what stands at a key or position, step by step",
        "index({\"a\": [5, 6]}, \"a\", 1) → 6",
    ),
];

/// Go's name of a value's type.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Bool => "bool",
        ValueKind::Number if value.is_integer() => "int",
        ValueKind::Number => "float64",
        ValueKind::String => "string",
        ValueKind::Bytes => "[]uint8",
        ValueKind::Seq | ValueKind::Iterable => "[]interface {}",
        ValueKind::Map => "map[string]interface {}",
        ValueKind::None | ValueKind::Undefined => "<nil>",
        _ => "object",
    }
}

fn is_nothing(value: &Value) -> bool {
    value.is_none() || value.is_undefined()
}

/// Neither a list, a map nor bytes.
fn is_basic(value: &Value) -> bool {
    !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable | ValueKind::Map | ValueKind::Bytes)
}

fn incompatible(arguments: &Arguments<'_>, a: &Value, b: &Value) -> Error {
    let (a, b) = (type_name(a), type_name(b));
    arguments.error(format_args!("got incompatible types for comparison: {a} and {b}"))
}

fn equal(arguments: &Arguments<'_>, a: &Value, b: &Value) -> Result<bool, Error> {
    if is_nothing(a) || is_nothing(b) {
        return Ok(is_nothing(a) && is_nothing(b));
    }
    match (is_basic(a), is_basic(b)) {
        (false, false) => Err(arguments.error(format_args!("got the non-comparable type {}", type_name(a)))),
        (true, true) if type_name(a) == type_name(b) => Ok(a == b),
        _ => Err(incompatible(arguments, a, b)),
    }
}

fn eq(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let Some((first, others)) = arguments.all().split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err(arguments.error("has a missing argument for comparison"));
    };
    for other in others {
        if equal(arguments, first, other)? {
            return Ok(Value::from(true));
        }
    }
    Ok(Value::from(false))
}

fn ne(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(!equal(arguments, arguments.value(0)?, arguments.value(1)?)?))
}

fn order(arguments: &Arguments<'_>) -> Result<Ordering, Error> {
    arguments.count(2..=2)?;
    let (a, b) = (arguments.value(0)?, arguments.value(1)?);
    let invalid = || arguments.error("got an invalid type for comparison");
    if [a, b].into_iter().any(|value| is_nothing(value) || !is_basic(value)) {
        return Err(invalid());
    }
    if type_name(a) != type_name(b) {
        return Err(incompatible(arguments, a, b));
    }
    if a.kind() == ValueKind::Bool {
        return Err(invalid());
    }
    Ok(a.cmp(b))
}

fn lt(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(order(arguments)?.is_lt()))
}

fn le(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(order(arguments)?.is_le()))
}

fn gt(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(order(arguments)?.is_gt()))
}

fn ge(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(order(arguments)?.is_ge()))
}

fn len(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let value = arguments.value(0)?;
    let length = match value.kind() {
        ValueKind::String => value.as_str().map(str::len),
        ValueKind::Bytes => value.as_bytes().map(<[u8]>::len),
        ValueKind::Seq | ValueKind::Map => value.len(),
        ValueKind::Iterable => Some(value.try_iter()?.count()),
        _ => None,
    };
    let none = || arguments.error(format_args!("cannot tell the len of type {}", type_name(value)));
    Ok(Value::from(length.ok_or_else(none)?))
}

/// A key that a map does not have gives none; a position outside of a list is refused.
fn index(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let mut at = arguments.value(0)?.clone();
    for (depth, key) in arguments.all()[1..].iter().enumerate() {
        at = element(arguments, &at, key, depth)?;
    }
    Ok(at)
}

fn element(arguments: &Arguments<'_>, value: &Value, key: &Value, depth: usize) -> Result<Value, Error> {
    let refuse = |words: String| Err(arguments.error(words));
    match value.kind() {
        ValueKind::Map => match key.as_str() {
            Some(_) => Ok(value.get_item(key).ok().filter(|found| !found.is_undefined()).unwrap_or(Value::from(()))),
            None => refuse(format!("got a key whose value has type {}; should be string", type_name(key))),
        },
        ValueKind::Seq | ValueKind::Iterable | ValueKind::String => {
            let Some(position) = key.as_i64().filter(|_| key.is_integer()) else {
                let kind = if is_nothing(key) { "nil".to_owned() } else { format!("type {}", type_name(key)) };
                return refuse(format!("cannot index slice/array with {kind}"));
            };
            let found = usize::try_from(position).ok().and_then(|position| match value.as_str() {
                Some(text) => text.as_bytes().get(position).map(|byte| Value::from(*byte)),
                None => value.get_item_by_index(position).ok().filter(|found| !found.is_undefined()),
            });
            let words = if value.as_str().is_none() && position >= 0 {
                "is beyond the list: slice index out of range".to_owned()
            } else {
                format!("got an index out of range: {position}")
            };
            found.map_or_else(|| refuse(words), Ok)
        }
        ValueKind::None | ValueKind::Undefined if depth == 0 => refuse("got an index of untyped nil".to_owned()),
        ValueKind::None | ValueKind::Undefined => refuse("got an index of nil pointer".to_owned()),
        _ => refuse(format!("can't index item of type {}: {}", type_name(value), print::print(value))),
    }
}

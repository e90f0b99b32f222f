//! The types of values, by Go's names.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::compare::type_name;
use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::lenient("typeOf", type_of, "Go's name for the type of a value", "typeOf(\"a\") → string"),
    Function::lenient("typeIs", type_is, "whether a value is of a type", "typeIs(\"int\", 1) → true"),
    Function::lenient("typeIsLike", type_is, "the same as typeIs", "typeIsLike(\"int\", 1) → true"),
    Function::lenient("kindOf", kind_of, "Go's name for the kind of a value", "kindOf([]) → slice"),
    Function::lenient("kindIs", kind_is, "whether a value is of a kind", "kindIs(\"map\", {}) → true"),
    Function::lenient(
        "deepEqual",
        deep_equal,
        "whether two values are the same throughout",
        "deepEqual([1], [1]) → true",
    ),
];

/// Go's name of a value's kind.
pub(super) fn kind_name(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Bytes => "slice",
        ValueKind::Map => "map",
        ValueKind::None | ValueKind::Undefined => "invalid",
        ValueKind::Bool | ValueKind::Number | ValueKind::String => type_name(value),
        _ => "struct",
    }
}

/// Whether two values are the same, types included: 1 is not 1.0.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    if type_name(a) != type_name(b) {
        return false;
    }
    match a.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            let items = |value: &Value| value.try_iter().into_iter().flatten().collect::<Vec<_>>();
            let (a, b) = (items(a), items(b));
            a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same(a, b))
        }
        ValueKind::Map => {
            let (a, b) = (print::entries(a), print::entries(b));
            a.len() == b.len() && a.iter().zip(&b).all(|((ka, a), (kb, b))| ka == kb && same(a, b))
        }
        _ => a == b,
    }
}

fn type_of(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(type_name(arguments.value(0)?)))
}

fn type_is(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(&*arguments.text(0)? == type_name(arguments.value(1)?)))
}

fn kind_of(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(kind_name(arguments.value(0)?)))
}

fn kind_is(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(&*arguments.text(0)? == kind_name(arguments.value(1)?)))
}

fn deep_equal(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(same(arguments.value(0)?, arguments.value(1)?)))
}

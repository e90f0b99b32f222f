//! Defaults and choices.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::lenient("default", default, "the default when the value is empty", "\"\" | default(\"x\") → x"),
    Function::lenient(
        "empty",
        empty,
        "whether a value is empty: false, 0, \"\", null, nothing in it",
        "empty([]) → true",
    ),
    Function::lenient("coalesce", coalesce, "the first value that is not empty", "coalesce(\"\", 0, \"x\") → x"),
    Function::lenient(
        "ternary",
        ternary,
        "the first when the last is true, else the second",
        "true | ternary(\"a\", \"b\") → a",
    ),
    Function::lenient("all", all, "whether no value is empty", "all(1, \"\") → false"),
    Function::lenient("any", any, "whether some value is not empty", "any(1, \"\") → true"),
];

fn default(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let value = arguments.all().get(1).filter(|value| !print::is_empty(value));
    Ok(value.unwrap_or(arguments.value(0)?).clone())
}

fn empty(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(print::is_empty(arguments.value(0)?)))
}

fn coalesce(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(arguments.all().iter().find(|value| !print::is_empty(value)).cloned().unwrap_or(Value::from(())))
}

fn ternary(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let condition = arguments.value(2)?;
    if condition.kind() != ValueKind::Bool {
        return Err(arguments.error("expects a boolean as its last argument"));
    }
    arguments.value(usize::from(!condition.is_true())).cloned()
}

fn all(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(!arguments.all().iter().any(print::is_empty)))
}

fn any(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(!arguments.all().iter().all(print::is_empty)))
}

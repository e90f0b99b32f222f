//! Lists. Nothing is changed in place; every function returns a new list.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("list", list, "makes a list", "list(1, 2) → [1, 2]"),
    Function::new("append", append, "a list with one item more", "append([1], 2) → [1, 2]"),
    Function::new("concat", concat, "lists in a row", "concat([1], [2]) → [1, 2]"),
    Function::new("uniq", uniq, "the list without repetitions", "uniq([1, 1, 2]) → [1, 2]"),
    Function::new("without", without, "the list without these items", "without([1, 2], 1) → [2]"),
    Function::lenient("compact", compact, "the list without empty items", "compact([\"\", 1]) → [1]"),
    Function::new("has", has, "whether the last argument, a list, has the item", "has(1, [1, 2]) → true"),
    Function::new("join", join, "the items as text with a separator", "[\"a\", \"b\"] | join(\",\") → a,b"),
    Function::new("sortAlpha", sort_alpha, "the items as text, sorted", "sortAlpha([\"b\", \"a\"]) → [a, b]"),
    Function::new("splitList", split_list, "text cut at a separator", "splitList(\",\", \"a,b\") → [a, b]"),
    Function::new("until", until, "the integers from 0 up to a number", "until(3) → [0, 1, 2]"),
];

fn list(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(arguments.all().iter().cloned().collect())
}

fn append(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let mut items = arguments.list(0)?;
    items.push(arguments.value(1)?.clone());
    Ok(Value::from(items))
}

fn concat(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut all = Vec::new();
    for index in 0..arguments.len() {
        all.extend(arguments.list(index)?);
    }
    Ok(Value::from(all))
}

fn uniq(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut seen: Vec<Value> = Vec::new();
    for item in arguments.list(0)? {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    Ok(Value::from(seen))
}

fn without(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let dropped = arguments.all().get(1..).unwrap_or_default();
    Ok(arguments.list(0)?.into_iter().filter(|item| !dropped.contains(item)).collect())
}

fn compact(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(arguments.list(0)?.into_iter().filter(|item| !print::is_empty(item)).collect())
}

fn has(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    if arguments.value(1)?.is_none() {
        return Ok(Value::from(false));
    }
    Ok(Value::from(arguments.list(1)?.contains(arguments.value(0)?)))
}

fn join(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let separator = arguments.text(0)?;
    let items: Vec<String> = match arguments.value(1)?.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            arguments.list(1)?.iter().filter(|item| !item.is_none()).map(print::print).collect()
        }
        _ => vec![arguments.printed(1)?],
    };
    Ok(Value::from(items.join(&separator)))
}

fn sort_alpha(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut items: Vec<String> = arguments.list(0)?.iter().map(print::print).collect();
    items.sort();
    Ok(Value::from(items))
}

fn split_list(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (separator, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(text.split(&*separator).map(Value::from).collect())
}

fn until(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let end = arguments.integer(0)?;
    if end > 100_000 {
        return Err(arguments.error("makes at most 100000 numbers"));
    }
    Ok((0..end).map(Value::from).collect())
}

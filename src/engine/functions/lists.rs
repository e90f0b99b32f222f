//! Lists. Nothing is changed in place; every function returns a new list.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::types::{kind_name, same};
use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("list", list, "makes a list", "list(1, 2) → [1 2]"),
    Function::new("tuple", list, "the old name of list", "tuple(1, 2) → [1 2]"),
    Function::new("append", append, "a list with one item more", "append([1], 2) → [1 2]"),
    Function::new("mustAppend", append, "the same as append", "mustAppend([1], 2) → [1 2]"),
    Function::new("push", append, "the old name of append", "push([1], 2) → [1 2]"),
    Function::new("mustPush", append, "the same as push", "mustPush([1], 2) → [1 2]"),
    Function::new("prepend", prepend, "a list with one item more in front", "prepend([1], 2) → [2 1]"),
    Function::new("mustPrepend", prepend, "the same as prepend", "mustPrepend([1], 2) → [2 1]"),
    Function::new("concat", concat, "lists in a row", "concat([1], [2]) → [1 2]"),
    Function::new("first", first, "the first item, or none", "first([1, 2]) → 1"),
    Function::new("mustFirst", first, "the same as first", "mustFirst([1, 2]) → 1"),
    Function::new("last", last, "the last item, or none", "last([1, 2]) → 2"),
    Function::new("mustLast", last, "the same as last", "mustLast([1, 2]) → 2"),
    Function::new("rest", rest, "the list without its first item", "rest([1, 2]) → [2]"),
    Function::new("mustRest", rest, "the same as rest", "mustRest([1, 2]) → [2]"),
    Function::new("initial", initial, "the list without its last item", "initial([1, 2]) → [1]"),
    Function::new("mustInitial", initial, "the same as initial", "mustInitial([1, 2]) → [1]"),
    Function::new("reverse", reverse, "the list backwards", "reverse([1, 2]) → [2 1]"),
    Function::new("mustReverse", reverse, "the same as reverse", "mustReverse([1, 2]) → [2 1]"),
    Function::new("uniq", uniq, "the list without repetitions", "uniq([1, 1, 2]) → [1 2]"),
    Function::new("mustUniq", uniq, "the same as uniq", "mustUniq([1, 1, 2]) → [1 2]"),
    Function::new("without", without, "the list without these items", "without([1, 2], 1) → [2]"),
    Function::new("mustWithout", without, "the same as without", "mustWithout([1, 2], 1) → [2]"),
    Function::lenient("compact", compact, "the list without empty items", "compact([\"\", 1]) → [1]"),
    Function::lenient("mustCompact", compact, "the same as compact", "mustCompact([\"\", 1]) → [1]"),
    Function::new("has", has, "whether the last argument, a list, has the item", "has(1, [1, 2]) → true"),
    Function::new("mustHas", has, "the same as has", "mustHas(1, [1, 2]) → true"),
    Function::new("slice", slice, "the items from one position to another", "slice([1, 2, 3], 1, 2) → [2]"),
    Function::new("mustSlice", slice, "the same as slice", "mustSlice([1, 2, 3], 1) → [2 3]"),
    Function::new("chunk", chunk, "lists of so many items", "chunk(2, [1, 2, 3]) → [[1 2] [3]]"),
    Function::new("mustChunk", chunk, "the same as chunk", "mustChunk(2, [1, 2, 3]) → [[1 2] [3]]"),
    Function::new("join", join, "the items as text with a separator", "[\"a\", \"b\"] | join(\",\") → a,b"),
    Function::new("sortAlpha", sort_alpha, "the items as text, sorted", "sortAlpha([\"b\", \"a\"]) → [a b]"),
    Function::new("split", split, "text cut at a separator, as a map", "split(\",\", \"a,b\") → map[_0:a _1:b]"),
    Function::new(
        "splitn",
        splitn,
        "text cut into so many parts, as a map",
        "splitn(\",\", 2, \"a,b,c\") → map[_0:a _1:b,c]",
    ),
    Function::new("splitList", split_list, "text cut at a separator, as a list", "splitList(\",\", \"a,b\") → [a b]"),
    Function::new("until", until, "the integers from 0 up to a number", "until(3) → [0 1 2]"),
    Function::new(
        "untilStep",
        until_step,
        "the integers from one up to another in steps",
        "untilStep(0, 7, 3) → [0 3 6]",
    ),
    Function::new("seq", seq, "integers as the program seq prints them, in one line", "seq(1, 3) → 1 2 3"),
];

/// The longest list that a function makes.
const MAX_ITEMS: u64 = 1_000_000;
/// The longest list in which every item is compared with every other one.
const MAX_COMPARED: usize = 10_000;

/// The items of a list; `verb` is what cannot be done with anything else, in sprig's words.
fn items(arguments: &Arguments<'_>, index: usize, verb: &str) -> Result<Vec<Value>, Error> {
    let value = arguments.value(index)?;
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => Ok(value.try_iter()?.collect()),
        ValueKind::None => Err(arguments.error(format_args!("cannot work on nil: Cannot {verb} on type nil"))),
        _ => Err(arguments.error(format_args!("got no list: Cannot {verb} on type {}", kind_name(value)))),
    }
}

fn list(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(arguments.all().iter().cloned().collect())
}

fn append(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let mut items = items(arguments, 0, "push")?;
    items.push(arguments.value(1)?.clone());
    Ok(Value::from(items))
}

fn prepend(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let mut items = items(arguments, 0, "prepend")?;
    items.insert(0, arguments.value(1)?.clone());
    Ok(Value::from(items))
}

fn concat(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut all = Vec::new();
    for value in arguments.all() {
        match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => all.extend(value.try_iter()?),
            _ => {
                let kind = kind_name(value);
                return Err(arguments.error(format_args!("got no list: Cannot concat type {kind} as list")));
            }
        }
    }
    Ok(Value::from(all))
}

fn one_list(arguments: &Arguments<'_>, verb: &str) -> Result<Vec<Value>, Error> {
    arguments.count(1..=1)?;
    items(arguments, 0, verb)
}

fn first(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(one_list(arguments, "find first")?.first().cloned().unwrap_or(Value::from(())))
}

fn last(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(one_list(arguments, "find last")?.last().cloned().unwrap_or(Value::from(())))
}

fn rest(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(one_list(arguments, "find rest")?.into_iter().skip(1).collect())
}

fn initial(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut items = one_list(arguments, "find initial")?;
    items.pop();
    Ok(Value::from(items))
}

fn reverse(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(one_list(arguments, "find reverse")?.into_iter().rev().collect())
}

fn uniq(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let items = one_list(arguments, "find uniq")?;
    bounded_comparison(arguments, items.len())?;
    let mut kept: Vec<Value> = Vec::new();
    for item in items {
        if !kept.iter().any(|known| same(known, &item)) {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

fn bounded_comparison(arguments: &Arguments<'_>, length: usize) -> Result<(), Error> {
    if length <= MAX_COMPARED {
        return Ok(());
    }
    Err(arguments.error(format_args!("compares at most {MAX_COMPARED} items, found {length}")))
}

fn without(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let items = items(arguments, 0, "find without")?;
    let dropped = &arguments.all()[1..];
    Ok(items.into_iter().filter(|item| !dropped.iter().any(|other| same(other, item))).collect())
}

fn compact(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(one_list(arguments, "compact")?.into_iter().filter(|item| !print::is_empty(item)).collect())
}

/// Nothing is in no list.
fn has(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    if arguments.value(1)?.is_none() {
        return Ok(Value::from(false));
    }
    let wanted = arguments.value(0)?;
    Ok(Value::from(items(arguments, 1, "find has")?.iter().any(|item| same(item, wanted))))
}

fn slice(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let value = arguments.value(0)?;
    if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        let words = format_args!("got a wrong type: list should be type of slice or array but {}", kind_name(value));
        return Err(arguments.error(words));
    }
    let items: Vec<Value> = value.try_iter()?.collect();
    if items.is_empty() {
        return Ok(Value::from(()));
    }
    let position = |index: usize, default: usize| match arguments.all().get(index) {
        None => Ok(Some(default)),
        Some(value) => super::convert::to_int(arguments, value).map(|number| usize::try_from(number).ok()),
    };
    let (start, end) = (position(1, 0)?, position(2, items.len())?);
    let part = start.zip(end).and_then(|(start, end)| items.get(start..end));
    let outside = || arguments.error("cannot cut there: slice index out of bounds");
    Ok(part.ok_or_else(outside)?.iter().cloned().collect())
}

fn chunk(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let size = arguments.integer(0)?;
    let value = arguments.value(1)?;
    if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return Err(arguments.error(format_args!("got no list: Cannot chunk type {}", kind_name(value))));
    }
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| arguments.error("expects a size of at least 1"))?;
    let items: Vec<Value> = value.try_iter()?.collect();
    Ok(items.chunks(size).map(|chunk| chunk.iter().cloned().collect::<Value>()).collect())
}

/// The items as text, without those that are none; anything else is one item.
fn texts(value: &Value) -> Result<Vec<String>, Error> {
    Ok(match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter()?.filter(|item| !item.is_none()).map(|item| print::print(&item)).collect()
        }
        ValueKind::None => Vec::new(),
        _ => vec![print::print(value)],
    })
}

fn join(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(texts(arguments.value(1)?)?.join(&arguments.text(0)?)))
}

fn sort_alpha(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let value = arguments.value(0)?;
    let mut texts = if value.is_none() { vec!["<nil>".to_owned()] } else { texts(value)? };
    texts.sort();
    Ok(Value::from(texts))
}

/// The parts of a text; an empty separator cuts between characters.
fn parts(separator: &str, text: &str, limit: usize) -> Vec<String> {
    if !separator.is_empty() {
        return text.splitn(limit, separator).map(str::to_owned).collect();
    }
    let mut all: Vec<String> = Vec::new();
    for c in text.chars() {
        if all.len() < limit {
            all.push(String::new());
        }
        if let Some(last) = all.last_mut() {
            last.push(c);
        }
    }
    all
}

/// `{_0: …, _1: …}`.
fn numbered(parts: Vec<String>) -> Value {
    Value::from_pairs(parts.into_iter().enumerate().map(|(index, part)| (format!("_{index}"), Value::from(part))))
}

fn split(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(numbered(parts(&arguments.text(0)?, &arguments.text(1)?, usize::MAX)))
}

fn splitn(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let limit = usize::try_from(arguments.integer(1)?).unwrap_or(usize::MAX);
    let (separator, text) = (arguments.text(0)?, arguments.text(2)?);
    Ok(numbered(if limit == 0 { Vec::new() } else { parts(&separator, &text, limit) }))
}

fn split_list(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(parts(&arguments.text(0)?, &arguments.text(1)?, usize::MAX)))
}

/// The integers from `start` towards `end`, which is left out; none when the step leads away.
fn steps(arguments: &Arguments<'_>, start: i64, end: i64, step: i64) -> Result<Vec<i64>, Error> {
    let away = if end < start { step >= 0 } else { step <= 0 };
    if away {
        return Ok(Vec::new());
    }
    let count = start.abs_diff(end).div_ceil(step.unsigned_abs());
    if count > MAX_ITEMS {
        return Err(arguments.error(format_args!("makes at most {MAX_ITEMS} items, not {count}")));
    }
    let mut all = Vec::new();
    let mut at = start;
    for _ in 0..count {
        all.push(at);
        at = at.saturating_add(step);
    }
    Ok(all)
}

fn until(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let count = arguments.integer(0)?;
    Ok(Value::from(steps(arguments, 0, count, if count < 0 { -1 } else { 1 })?))
}

fn until_step(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (start, end, step) = (arguments.integer(0)?, arguments.integer(1)?, arguments.integer(2)?);
    Ok(Value::from(steps(arguments, start, end, step)?))
}

/// END, START END, or START STEP END; the end is part of it.
fn seq(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let given = (0..arguments.len()).map(|index| arguments.integer(index)).collect::<Result<Vec<i64>, Error>>()?;
    let (start, step, end) = match given[..] {
        [end] => (1, None, end),
        [start, end] => (start, None, end),
        [start, step, end] => (start, Some(step), end),
        _ => return Ok(Value::from("")),
    };
    let direction = if end < start { -1 } else { 1 };
    if end < start && step.is_some_and(|step| step > 0) {
        return Ok(Value::from(""));
    }
    let numbers = steps(arguments, start, end.saturating_add(direction), step.unwrap_or(direction))?;
    Ok(Value::from(numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" ")))
}

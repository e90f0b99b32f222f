//! Maps: making, reading and combining them. Nothing is changed in place; every function returns a new map.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("dict", dict, "makes a map from keys and values", "dict(\"a\", 1) → map[a:1]"),
    Function::new("get", get, "the value under a key, or nothing", "{\"a\": 1} | get(\"a\") → 1"),
    Function::new("set", set, "a map with a value under a key", "set({\"a\": 1}, \"b\", 2) → map[a:1 b:2]"),
    Function::new("unset", unset, "a map without a key", "unset({\"a\": 1, \"b\": 2}, \"b\") → map[a:1]"),
    Function::lenient("hasKey", has_key, "whether a map has a key", "hasKey({\"a\": 1}, \"a\") → true"),
    Function::new("pluck", pluck, "what several maps have under a key", "pluck(\"a\", {\"a\": 1}, {\"a\": 2}) → [1 2]"),
    Function::new("keys", keys, "the keys of maps, sorted", "keys({\"b\": 1, \"a\": 2}) → [a b]"),
    Function::new("values", values, "the values of a map, in the order of its keys", "values({\"a\": 1}) → [1]"),
    Function::new("pick", pick, "a map with these keys only", "pick({\"a\": 1, \"b\": 2}, \"a\") → map[a:1]"),
    Function::new("omit", omit, "a map without these keys", "omit({\"a\": 1, \"b\": 2}, \"a\") → map[b:2]"),
    Function::new(
        "merge",
        merge,
        "fills what the first map lacks from the others",
        "merge({\"a\": 1}, {\"a\": 2, \"b\": 3}) → map[a:1 b:3]",
    ),
    Function::new("mustMerge", merge, "the same as merge", "mustMerge({\"a\": 1}, {\"b\": 3}) → map[a:1 b:3]"),
    Function::new(
        "mergeOverwrite",
        merge_overwrite,
        "lays the later maps over the first",
        "mergeOverwrite({\"a\": 1}, {\"a\": 2}) → map[a:2]",
    ),
    Function::new(
        "mustMergeOverwrite",
        merge_overwrite,
        "the same as mergeOverwrite",
        "mustMergeOverwrite({\"a\": 1}, {\"a\": 2}) → map[a:2]",
    ),
    Function::lenient(
        "dig",
        dig,
        "walks keys; the last but one argument is the default",
        "dig(\"a\", \"b\", 0, {\"a\": {\"b\": 1}}) → 1",
    ),
    Function::new("deepCopy", copy, "the value itself: nothing here is ever changed in place", "deepCopy([1]) → [1]"),
    Function::new("mustDeepCopy", copy, "the same as deepCopy", "mustDeepCopy([1]) → [1]"),
];

fn map_of(entries: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::from_pairs(entries)
}

fn dict(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(map_of(
        arguments
            .all()
            .chunks(2)
            .map(|pair| (print::print(&pair[0]), pair.get(1).cloned().unwrap_or_else(|| Value::from("")))),
    ))
}

/// The entries of a map; none has none.
fn entries(arguments: &Arguments<'_>, index: usize) -> Result<Entries, Error> {
    if arguments.value(index)?.is_none() { Ok(Vec::new()) } else { arguments.map(index) }
}

fn found<'a>(entries: &'a Entries, key: &str) -> Option<&'a Value> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

/// Helm's order is map, key; as a filter the map may as well come last.
fn map_and_key(arguments: &Arguments<'_>) -> Result<(Entries, String), Error> {
    arguments.count(2..=2)?;
    let piped = arguments.value(1)?.kind() == ValueKind::Map;
    let (map, key) = if piped { (1, 0) } else { (0, 1) };
    Ok((entries(arguments, map)?, arguments.text(key)?.to_string()))
}

fn get(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, key) = map_and_key(arguments)?;
    Ok(found(&map, &key).cloned().unwrap_or_else(|| Value::from("")))
}

fn set(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    if arguments.value(0)?.is_none() {
        return Err(arguments.error("cannot set a key of nothing: assignment to entry in nil map"));
    }
    let (map, key) = (arguments.map(0)?, arguments.text(1)?.to_string());
    Ok(map_of(map.into_iter().filter(|(name, _)| *name != key).chain([(key.clone(), arguments.value(2)?.clone())])))
}

fn unset(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, key) = map_and_key(arguments)?;
    Ok(map_of(map.into_iter().filter(|(name, _)| *name != key)))
}

fn pluck(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let key = arguments.text(0)?;
    let mut all = Vec::new();
    for index in 1..arguments.len() {
        all.extend(found(&entries(arguments, index)?, &key).cloned());
    }
    Ok(Value::from(all))
}

fn copy(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    match arguments.value(0)? {
        nothing if nothing.is_none() => Err(arguments.error("cannot copy nothing")),
        value => Ok(value.clone()),
    }
}

fn has_key(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    // A map that is not there has no key.
    if arguments.all().iter().any(Value::is_undefined) {
        return Ok(Value::from(false));
    }
    let (map, key) = map_and_key(arguments)?;
    Ok(Value::from(found(&map, &key).is_some()))
}

fn keys(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut all = Vec::new();
    for index in 0..arguments.len() {
        all.extend(entries(arguments, index)?.into_iter().map(|(key, _)| key));
    }
    Ok(Value::from(all))
}

fn values(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    if arguments.value(0)?.is_none() {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    Ok(arguments.map(0)?.into_iter().map(|(_, value)| value).collect())
}

type Entries = Vec<(String, Value)>;

/// The map and the keys of `pick` and `omit`; piped, the map comes last.
fn map_and_keys(arguments: &Arguments<'_>) -> Result<(Entries, Vec<String>), Error> {
    let last = arguments.len().saturating_sub(1);
    let first = arguments.value(0)?;
    let piped = last > 0 && !first.is_none() && first.kind() != ValueKind::Map;
    let map = entries(arguments, if piped { last } else { 0 })?;
    let range = if piped { 0..last } else { 1..arguments.len() };
    let mut keys = Vec::new();
    for value in &arguments.all()[range] {
        if value.kind() != ValueKind::String {
            return Err(arguments.error(format_args!("expects keys as text, found {}", value.kind())));
        }
        keys.push(print::print(value));
    }
    Ok((map, keys))
}

fn pick(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, keys) = map_and_keys(arguments)?;
    Ok(map_of(map.into_iter().filter(|(key, _)| keys.contains(key))))
}

fn omit(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, keys) = map_and_keys(arguments)?;
    Ok(map_of(map.into_iter().filter(|(key, _)| !keys.contains(key))))
}

fn combine(below: &Value, above: &Value, wins: fn(&Value, &Value) -> bool) -> Value {
    let mut entries: indexmap::IndexMap<String, Value> = print::entries(below).into_iter().collect();
    for (key, value) in print::entries(above) {
        match entries.get_mut(&key) {
            Some(slot) if slot.kind() == ValueKind::Map && value.kind() == ValueKind::Map => {
                *slot = combine(slot, &value, wins);
            }
            Some(slot) if wins(slot, &value) => *slot = value,
            Some(_) => {}
            None => {
                entries.insert(key, value);
            }
        }
    }
    map_of(entries)
}

fn fold(arguments: &Arguments<'_>, wins: fn(&Value, &Value) -> bool) -> Result<Value, Error> {
    arguments.count(1..=usize::MAX)?;
    let mut result = map_of(entries(arguments, 0)?);
    for index in 1..arguments.len() {
        result = combine(&result, &map_of(entries(arguments, index)?), wins);
    }
    Ok(result)
}

/// As in sprig, an empty value of the first map is filled, too.
fn merge(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |below, above| print::is_empty(below) && !print::is_empty(above))
}

fn merge_overwrite(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |_, _| true)
}

fn dig(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    if arguments.len() < 3 {
        return Err(arguments.error("got too few: dig needs at least three arguments"));
    }
    let (keys, rest) = arguments.all().split_at(arguments.len() - 2);
    let go_kind = |value: &Value| if value.is_none() { "nil" } else { super::compare::type_name(value) };
    if let Some(key) = keys.iter().find(|key| key.kind() != ValueKind::String) {
        let kind = go_kind(key);
        return Err(
            arguments.error(format_args!("got a key: interface conversion: interface {{}} is {kind}, not string"))
        );
    }
    let mut at = rest[1].clone();
    for key in keys {
        if at.is_undefined() {
            return Ok(rest[0].clone());
        }
        if at.kind() != ValueKind::Map {
            let kind = go_kind(&at);
            let words = format_args!(
                "cannot go on: interface conversion: interface {{}} is {kind}, not map[string]interface {{}}"
            );
            return Err(arguments.error(words));
        }
        at = at.get_attr(&print::print(key))?;
    }
    Ok(if at.is_undefined() { rest[0].clone() } else { at })
}

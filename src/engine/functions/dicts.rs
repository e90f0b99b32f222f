//! Maps: making, reading and combining them. Nothing is changed in place; every function returns a new map.

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("dict", dict, "makes a map from keys and values", "dict(\"a\", 1) → {a: 1}"),
    Function::new("get", get, "the value under a key, or nothing", "{a: 1} | get(\"a\") → 1"),
    Function::lenient("hasKey", has_key, "whether a map has a key", "hasKey({a: 1}, \"a\") → true"),
    Function::new("keys", keys, "the keys of maps, sorted", "keys({b: 1, a: 2}) → [a, b]"),
    Function::new("values", values, "the values of a map, in the order of its keys", "values({a: 1}) → [1]"),
    Function::new("pick", pick, "a map with these keys only", "pick({a: 1, b: 2}, \"a\") → {a: 1}"),
    Function::new("omit", omit, "a map without these keys", "omit({a: 1, b: 2}, \"a\") → {b: 2}"),
    Function::new("merge", merge, "fills the first map with what it lacks from the others", "merge({a: 1}, {b: 2})"),
    Function::new(
        "mergeOverwrite",
        merge_overwrite,
        "lays the later maps over the first",
        "mergeOverwrite({a: 1}, {a: 2})",
    ),
    Function::lenient(
        "dig",
        dig,
        "walks keys; the last but one argument is the default",
        "dig(\"a\", \"b\", 0, {a: {b: 1}}) → 1",
    ),
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

/// Helm's order is map, key; as a filter the map comes last.
fn map_and_key(arguments: &Arguments<'_>) -> Result<(Value, String), Error> {
    arguments.count(2..=2)?;
    let (first, second) = (arguments.value(0)?, arguments.value(1)?);
    let (map, key) = if second.kind() == ValueKind::Map { (second, first) } else { (first, second) };
    Ok((map.clone(), print::print(key)))
}

fn get(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, key) = map_and_key(arguments)?;
    let found = map.get_attr(&key)?;
    Ok(if found.is_undefined() { Value::from("") } else { found })
}

fn has_key(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let (map, key) = map_and_key(arguments)?;
    Ok(Value::from(map.kind() == ValueKind::Map && !map.get_attr(&key)?.is_undefined()))
}

fn keys(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut all = Vec::new();
    for index in 0..arguments.len() {
        all.extend(arguments.map(index)?.into_iter().map(|(key, _)| key));
    }
    Ok(Value::from(all))
}

fn values(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(arguments.map(0)?.into_iter().map(|(_, value)| value).collect())
}

type Entries = Vec<(String, Value)>;

/// The map and the keys of `pick` and `omit`; piped, the map comes last.
fn map_and_keys(arguments: &Arguments<'_>) -> Result<(Entries, Vec<String>), Error> {
    let last = arguments.len().saturating_sub(1);
    let piped = arguments.value(0)?.kind() != ValueKind::Map;
    let map = arguments.map(if piped { last } else { 0 })?;
    let range = if piped { 0..last } else { 1..arguments.len() };
    let mut keys = Vec::new();
    for value in &arguments.all()[range] {
        match value.kind() {
            ValueKind::Seq => keys.extend(value.try_iter()?.map(|key| print::print(&key))),
            _ => keys.push(print::print(value)),
        }
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
    let mut result = map_of(arguments.map(0)?);
    for index in 1..arguments.len() {
        arguments.map(index)?;
        result = combine(&result, arguments.value(index)?, wins);
    }
    Ok(result)
}

/// As in sprig, an empty value of the first map is filled, too.
fn merge(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |below, _| print::is_empty(below))
}

fn merge_overwrite(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    fold(arguments, |_, _| true)
}

fn dig(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=usize::MAX)?;
    let (keys, rest) = arguments.all().split_at(arguments.len() - 2);
    let mut at = rest[1].clone();
    for key in keys {
        at = at.get_attr(&print::print(key))?;
        if at.is_undefined() {
            return Ok(rest[0].clone());
        }
    }
    Ok(at)
}

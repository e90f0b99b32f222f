//! JSON with Go's bytes: keys sorted bytewise, numbers and escapes as `encoding/json` writes them.

use std::fmt::Write as _;

use base64::Engine as _;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Error, State};
use serde_json::Value as Json;

use super::{Arguments, Function};
use crate::engine::print;
use crate::yaml;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toJson",
        to_json,
        "writes a value as JSON on one line, with <, > and & escaped",
        "toJson([1]) → [1]",
    ),
    Function::new("mustToJson", to_json, "the same as toJson", "mustToJson([1]) → [1]"),
    Function::new("toRawJson", to_raw_json, "writes a value as JSON without HTML escapes", "toRawJson(\"<\") → \"<\""),
    Function::new("mustToRawJson", to_raw_json, "the same as toRawJson", "mustToRawJson(\"<\") → \"<\""),
    Function::new(
        "toPrettyJson",
        to_pretty_json,
        "writes a value as indented JSON",
        "toPrettyJson([1]) → \"[\\n  1\\n]\"",
    ),
    Function::new("mustToPrettyJson", to_pretty_json, "the same as toPrettyJson", "mustToPrettyJson([]) → []"),
    Function::new("fromJson", from_json, "reads a JSON map", "fromJson('{\"a\": 1}').a → 1"),
    Function::new(
        "mustFromJson",
        must_from_json,
        "reads any JSON and fails when it is none",
        "mustFromJson(\"[1]\") → [1]",
    ),
    Function::new("fromJsonArray", from_json_array, "reads a JSON list", "fromJsonArray(\"[1]\") → [1]"),
];

/// What is wrong with a text that should be read.
pub(super) type Failed = String;

/// The variants of JSON text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One line; `<`, `>` and `&` escaped.
    Html,
    /// One line.
    Raw,
    /// Indented by two spaces; `<`, `>` and `&` escaped.
    Pretty,
}

/// The only argument as JSON.
pub(super) fn of(arguments: &Arguments<'_>) -> Result<Result<Json, &'static str>, Error> {
    arguments.count(1..=1)?;
    Ok(convert(arguments.value(0)?, 0))
}

/// Lists in lists that are written; Helm knows no bound.
const MAX_DEPTH: usize = 500;

/// A value as JSON; bytes are base64 text, as in Go.
fn convert(value: &Value, depth: usize) -> Result<Json, &'static str> {
    if depth > MAX_DEPTH {
        return Err("cannot write what is nested deeper than 500 levels");
    }
    Ok(match value.kind() {
        ValueKind::Bytes => {
            Json::from(base64::engine::general_purpose::STANDARD.encode(value.as_bytes().unwrap_or_default()))
        }
        ValueKind::Number if !f64::try_from(value.clone()).is_ok_and(f64::is_finite) => {
            return Err("cannot write a number that is infinite or none");
        }
        ValueKind::Seq | ValueKind::Iterable => {
            let items = value.try_iter().into_iter().flatten();
            items.map(|item| convert(&item, depth + 1)).collect::<Result<_, _>>()?
        }
        ValueKind::Map => {
            let mut map = serde_json::Map::new();
            for key in value.try_iter().into_iter().flatten() {
                if key.is_undefined() {
                    return Err("cannot write a map with a key that is not there: quote the keys of maps");
                }
                let item = value.get_item(&key).unwrap_or_default();
                map.insert(print::print(&key), convert(&item, depth + 1)?);
            }
            Json::Object(map)
        }
        _ => serde_json::to_value(value).map_err(|_| "cannot write this value")?,
    })
}

/// A value as JSON text.
pub(super) fn write(value: &Json, form: Form) -> String {
    let mut out = String::new();
    node(&mut out, value, form, 0);
    out
}

fn node(out: &mut String, value: &Json, form: Form, depth: usize) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => out.push_str(&yaml::json_number(float)),
            None => out.push_str(&number.to_string()),
        },
        Json::String(text) => string(out, text, form),
        Json::Array(items) => {
            collection(out, ['[', ']'], items.iter(), form, depth, |out, item| node(out, item, form, depth + 1));
        }
        Json::Object(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            collection(out, ['{', '}'], entries.into_iter(), form, depth, |out, (key, value)| {
                string(out, key, form);
                out.push_str(if form == Form::Pretty { ": " } else { ":" });
                node(out, value, form, depth + 1);
            });
        }
    }
}

fn collection<T>(
    out: &mut String,
    [open, close]: [char; 2],
    items: impl ExactSizeIterator<Item = T>,
    form: Form,
    depth: usize,
    mut write: impl FnMut(&mut String, T),
) {
    let line = |out: &mut String, depth: usize| {
        if form == Form::Pretty {
            out.push('\n');
            out.extend(std::iter::repeat_n("  ", depth));
        }
    };
    let is_empty = items.len() == 0;
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(out, depth + 1);
        write(out, item);
    }
    if !is_empty {
        line(out, depth);
    }
    out.push(close);
}

fn string(out: &mut String, text: &str, form: Form) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' if form == Form::Raw => out.push(c),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn text(arguments: &Arguments<'_>, form: Form) -> Result<Result<String, &'static str>, Error> {
    Ok(of(arguments)?.map(|value| write(&value, form)))
}

fn to_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    text(arguments, Form::Html)?.map(Value::from).map_err(|reason| arguments.error(reason))
}

fn to_raw_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    text(arguments, Form::Raw)?.map(Value::from).map_err(|reason| arguments.error(reason))
}

fn to_pretty_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    text(arguments, Form::Pretty)?.map(Value::from).map_err(|reason| arguments.error(reason))
}

/// What a text holds as a map. Helm never aborts here: a failure is a map with the key `Error`.
pub(super) fn as_map(parsed: Result<Json, Failed>, prefix: &str) -> Value {
    match parsed {
        Ok(map @ Json::Object(_)) => Value::from(Serde(map)),
        Ok(Json::Null) => Value::from(Serde(serde_json::Map::new())),
        Ok(other) => Value::from_pairs([("Error", mismatch(&other, prefix, "map[string]interface {}"))]),
        Err(message) => Value::from_pairs([("Error", message)]),
    }
}

/// What a text holds as a list. Helm never aborts here: a failure is a list with the message.
pub(super) fn as_list(parsed: Result<Json, Failed>, prefix: &str) -> Value {
    match parsed {
        Ok(list @ Json::Array(_)) => Value::from(Serde(list)),
        Ok(Json::Null) => Value::from(Vec::<Value>::new()),
        Ok(other) => Value::from(vec![mismatch(&other, prefix, "[]interface {}")]),
        Err(message) => Value::from(vec![message]),
    }
}

/// The words of Go's decoder, which templates and users know.
fn mismatch(found: &Json, prefix: &str, wanted: &str) -> Failed {
    let found = match found {
        Json::Null => "null",
        Json::Bool(_) => "bool",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    };
    format!("{prefix}json: cannot unmarshal {found} into Go value of type {wanted}")
}

fn parse(arguments: &Arguments<'_>) -> Result<Result<Json, Failed>, Error> {
    arguments.count(1..=1)?;
    Ok(serde_json::from_str(&arguments.text(0)?).map_err(|error| {
        if error.is_eof() {
            return "unexpected end of JSON input".to_owned();
        }
        format!("not valid JSON at line {}, column {}", error.line(), error.column())
    }))
}

fn from_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_map(parse(arguments)?, ""))
}

fn must_from_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    parse(arguments)?.map(|json| Value::from(Serde(json))).map_err(|reason| arguments.error(reason))
}

fn from_json_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_list(parse(arguments)?, ""))
}

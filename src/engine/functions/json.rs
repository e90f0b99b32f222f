//! JSON: written as Go's encoder writes it, read as Helm reads it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Error, State};
use serde_json::Value as Json;

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toJson",
        to_json,
        "writes a value as JSON on one line, with <, > and & escaped",
        "toJson([1, \"<\"]) → [1,\"\\u003c\"]",
    ),
    Function::new("mustToJson", to_json, "the same as toJson", "mustToJson([1]) → [1]"),
    Function::new(
        "toRawJson",
        to_raw_json,
        "writes a value as JSON without HTML escapes",
        "toRawJson([\"<\"]) → [\"<\"]",
    ),
    Function::new("mustToRawJson", to_raw_json, "the same as toRawJson", "mustToRawJson([1]) → [1]"),
    Function::new(
        "toPrettyJson",
        to_pretty_json,
        "writes a value as indented JSON",
        "toPrettyJson([1]) → \"[\\n  1\\n]\"",
    ),
    Function::new("mustToPrettyJson", to_pretty_json, "the same as toPrettyJson", "mustToPrettyJson([]) → []"),
    Function::new(
        "fromJson",
        from_json,
        "reads a JSON map; what fails is under the key Error",
        "fromJson(\"{\\\"a\\\": 1}\").a → 1",
    ),
    Function::new("mustFromJson", must_from_json, "reads any JSON, or stops", "mustFromJson(\"[1, 2]\") → [1 2]"),
    Function::new(
        "fromJsonArray",
        from_json_array,
        "reads a JSON list; what fails is its one item",
        "fromJsonArray(\"[1]\") → [1]",
    ),
];

/// A value for a serializer: bytes become base64, as Go writes them.
///
/// # Errors
/// When a number is infinite or none.
pub(super) fn serializable(arguments: &Arguments<'_>, value: &Value) -> Result<Json, Error> {
    Ok(match value.kind() {
        ValueKind::Bytes => Json::from(STANDARD.encode(value.as_bytes().unwrap_or_default())),
        ValueKind::Number => {
            let json = serde_json::to_value(value).ok().filter(|json| !json.is_null());
            let unsupported =
                || arguments.error(format_args!("fails: json: unsupported value: {}", print::print(value)));
            json.ok_or_else(unsupported)?
        }
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter()?.map(|item| serializable(arguments, &item)).collect::<Result<_, _>>()?
        }
        ValueKind::Map => {
            let entries = print::entries(value).into_iter();
            Json::Object(
                entries.map(|(key, item)| Ok((key, serializable(arguments, &item)?))).collect::<Result<_, Error>>()?,
            )
        }
        _ => serde_json::to_value(value).map_err(|_| arguments.error("cannot write this value"))?,
    })
}

/// How JSON is laid out.
#[derive(Clone, Copy)]
struct Layout {
    html: bool,
    pretty: bool,
}

fn written(arguments: &Arguments<'_>, layout: Layout) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut out = String::new();
    write(&serializable(arguments, arguments.value(0)?)?, layout, 0, &mut out);
    Ok(Value::from(out))
}

fn write(value: &Json, layout: Layout, depth: usize, out: &mut String) {
    match value {
        Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            Some(float) => out.push_str(&float_text(float)),
            None => out.push_str(&number.to_string()),
        },
        Json::String(text) => string(text, layout, out),
        Json::Array(items) => enclosed(('[', ']'), items.iter(), layout, depth, out, |item, out| {
            write(item, layout, depth + 1, out);
        }),
        Json::Object(map) => {
            // Go sorts keys by their bytes.
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            enclosed(('{', '}'), entries.into_iter(), layout, depth, out, |(key, item), out| {
                string(key, layout, out);
                out.push_str(if layout.pretty { ": " } else { ":" });
                write(item, layout, depth + 1, out);
            });
        }
        other => out.push_str(&other.to_string()),
    }
}

fn enclosed<T>(
    (open, close): (char, char),
    items: impl ExactSizeIterator<Item = T>,
    layout: Layout,
    depth: usize,
    out: &mut String,
    mut each: impl FnMut(T, &mut String),
) {
    let empty = items.len() == 0;
    let line = |depth: usize, out: &mut String| {
        if layout.pretty && !empty {
            out.push('\n');
            out.push_str(&"  ".repeat(depth));
        }
    };
    out.push(open);
    for (index, item) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        line(depth + 1, out);
        each(item, out);
    }
    line(depth, out);
    out.push(close);
}

/// The shortest digits; an exponent only below 1e-6 and from 1e21.
fn float_text(float: f64) -> String {
    let size = float.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{float:e}");
        return if size < 1.0 { text } else { text.replace('e', "e+") };
    }
    format!("{float}")
}

fn string(text: &str, layout: Layout, out: &mut String) {
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
            '<' | '>' | '&' if layout.html => out.push_str(&format!("\\u{:04x}", c as u32)),
            '\0'..='\x1f' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn to_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments, Layout { html: true, pretty: false })
}

fn to_raw_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments, Layout { html: false, pretty: false })
}

fn to_pretty_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments, Layout { html: true, pretty: true })
}

fn parsed(arguments: &Arguments<'_>) -> Result<Result<Json, String>, Error> {
    arguments.count(1..=1)?;
    Ok(serde_json::from_str(&arguments.text(0)?).map_err(|error| error.to_string()))
}

fn must_from_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    match parsed(arguments)? {
        Ok(json) => Ok(Value::from(Serde(json))),
        Err(words) => Err(arguments.error(format_args!("cannot read the JSON: {words}"))),
    }
}

fn from_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_map(parsed(arguments)?, "the JSON"))
}

fn from_json_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_list(parsed(arguments)?, "the JSON"))
}

/// Helm never stops here: a failure is a map with the key `Error`.
pub(super) fn as_map(parsed: Result<Json, String>, what: &str) -> Value {
    match parsed {
        Ok(map @ Json::Object(_)) => Value::from(Serde(map)),
        Ok(Json::Null) => Value::from(Serde(serde_json::Map::new())),
        Ok(_) => Value::from_pairs([("Error", format!("{what} is no map"))]),
        Err(message) => Value::from_pairs([("Error", message)]),
    }
}

/// Of lists a failure is the one item.
pub(super) fn as_list(parsed: Result<Json, String>, what: &str) -> Value {
    match parsed {
        Ok(list @ Json::Array(_)) => Value::from(Serde(list)),
        Ok(Json::Null) => Value::from(Vec::<Value>::new()),
        Ok(_) => Value::from(vec![format!("{what} is no list")]),
        Err(message) => Value::from(vec![message]),
    }
}

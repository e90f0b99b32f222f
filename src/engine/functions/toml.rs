//! TOML: written with the bytes of Helm's `toToml`, read by the `toml` crate.

use minijinja::value::Value;
use minijinja::{Error, State};
use serde_json::{Map, Value as Json};

use super::{Arguments, Function, json};
use crate::yaml::shortest;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toToml",
        to_toml,
        "writes a map as TOML; what is wrong is the text",
        "toToml({\"a\": 1}) → \"a = 1\\n\"",
    ),
    Function::new(
        "mustToToml",
        must_to_toml,
        "writes a map as TOML, or fails",
        "mustToToml({\"a\": 1}) → \"a = 1\\n\"",
    ),
    Function::new("fromToml", from_toml, "reads a TOML map", "fromToml(\"a = 1\").a → 1"),
];

/// What TOML cannot hold, in the words of Go's encoder.
type Refused = &'static str;

fn written(arguments: &Arguments<'_>) -> Result<Result<String, Refused>, Error> {
    let value = match json::of(arguments)? {
        Ok(Json::Null) => return Err(arguments.error("cannot write null as TOML")),
        Ok(value) => value,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut out = String::new();
    let done = match &value {
        Json::Object(map) => table(&mut out, map, &mut Vec::new()),
        Json::Array(items) if is_tables(items) => Err("toml: top-level values must be Go maps or structs"),
        other => inline(&mut out, other),
    };
    Ok(done.map(|()| out))
}

fn to_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(written(arguments)?.unwrap_or_else(str::to_owned)))
}

fn must_to_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments)?.map(Value::from).map_err(|reason| arguments.error(reason))
}

fn is_tables(items: &[Json]) -> bool {
    !items.is_empty() && items.iter().all(Json::is_object)
}

fn is_below(value: &Json) -> bool {
    match value {
        Json::Object(_) => true,
        Json::Array(items) => is_tables(items),
        _ => false,
    }
}

/// Writes the entries of a table: first those that fit on a line, then the tables below it, both sorted by key.
fn table<'a>(out: &mut String, map: &'a Map<String, Json>, path: &mut Vec<&'a str>) -> Result<(), Refused> {
    let mut entries: Vec<(&String, &Json)> = map.iter().filter(|(_, value)| !value.is_null()).collect();
    entries.sort_by_key(|(key, _)| *key);
    let (below, direct): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(_, value)| is_below(value));
    for (key, value) in direct {
        out.extend(std::iter::repeat_n("  ", path.len()));
        out.push_str(&quoted_key(key));
        out.push_str(" = ");
        inline(out, value)?;
        out.push('\n');
    }
    for (key, value) in below {
        path.push(key);
        match value {
            Json::Object(map) => {
                header(out, path, ["[", "]"], path.len() == 1);
                table(out, map, path)?;
            }
            Json::Array(items) => {
                for map in items.iter().filter_map(Json::as_object) {
                    header(out, path, ["[[", "]]"], true);
                    table(out, map, path)?;
                }
            }
            _ => {}
        }
        path.pop();
    }
    Ok(())
}

fn header(out: &mut String, path: &[&str], [open, close]: [&str; 2], blank_line: bool) {
    if blank_line && !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n("  ", path.len() - 1));
    let keys: Vec<String> = path.iter().map(|key| quoted_key(key)).collect();
    out.push_str(&format!("{open}{}{close}\n", keys.join(".")));
}

fn inline(out: &mut String, value: &Json) -> Result<(), Refused> {
    match value {
        Json::Null => return Err("toml: cannot encode array with nil element"),
        Json::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Json::Number(number) => out.push_str(&number_text(number)),
        Json::String(text) => out.push_str(&quoted(text)),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { ", " } else { "" });
                inline(out, item)?;
            }
            out.push(']');
        }
        Json::Object(map) => {
            let mut entries: Vec<(&String, &Json)> = map.iter().collect();
            entries.sort_by_key(|(key, value)| (is_below(value), *key));
            out.push('{');
            let last = entries.len().saturating_sub(1);
            // A null is left out, the comma before it is not.
            for (index, (key, value)) in entries.into_iter().enumerate().filter(|(_, (_, value))| !value.is_null()) {
                out.push_str(&quoted_key(key));
                out.push_str(" = ");
                inline(out, value)?;
                out.push_str(if index < last { ", " } else { "" });
            }
            out.push('}');
        }
    }
    Ok(())
}

fn number_text(number: &serde_json::Number) -> String {
    let text = match number.as_f64() {
        Some(float) if number.is_f64() => shortest(float),
        _ => return number.to_string(),
    };
    if text.contains(['.', 'e']) { text } else { text + ".0" }
}

fn quoted_key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    if bare { key.to_owned() } else { quoted(key) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            '\0'..='\u{1f}' | '\u{7f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Times become text as TOML writes them.
fn from_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(match arguments.text(0)?.parse::<toml::Table>() {
        Ok(table) => of(toml::Value::Table(table)),
        Err(error) => Value::from_pairs([("Error", format!("toml: {}", error.message()))]),
    })
}

fn of(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(time) => Value::from(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(of).collect(),
        toml::Value::Table(table) => Value::from_pairs(table.into_iter().map(|(key, value)| (key, of(value)))),
    }
}

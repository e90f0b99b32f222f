//! TOML, in the layout of the Go library that Helm uses: what fits on one line first, then tables, indented by two.

use minijinja::value::{Serde, Value};
use minijinja::{Error, State};
use serde_json::{Map, Value as Json};

use super::json::{as_map, serializable};
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toToml",
        to_toml,
        "writes a value as TOML; what fails is the text of the error",
        "toToml({\"a\": 1}) → \"a = 1\\n\"",
    ),
    Function::new(
        "mustToToml",
        must_to_toml,
        "writes a value as TOML, or stops",
        "mustToToml({\"a\": 1}) → \"a = 1\\n\"",
    ),
    Function::new("fromToml", from_toml, "reads TOML; what fails is under the key Error", "fromToml(\"a = 1\").a → 1"),
];

const NIL_ELEMENT: &str = "toml: cannot encode array with nil element";

fn written(arguments: &Arguments<'_>) -> Result<Result<String, String>, Error> {
    arguments.count(1..=1)?;
    if arguments.value(0)?.is_none() {
        return Err(arguments.error("cannot write nothing"));
    }
    let mut writer = Writer { out: String::new() };
    let result = match serializable(arguments, arguments.value(0)?)? {
        Json::Object(map) => writer.table(&mut Vec::new(), &map),
        other => writer.element(&other),
    };
    Ok(result.map(|()| writer.out))
}

fn to_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(written(arguments)?.unwrap_or_else(|words| words)))
}

fn must_to_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments)?.map(Value::from).map_err(|words| arguments.error(format_args!("fails: {words}")))
}

fn from_toml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let text = arguments.text(0)?;
    let parsed = text.parse::<toml::Table>().map_err(|error| error.message().to_owned());
    match parsed.map(|table| value(toml::Value::Table(table))) {
        Ok(found) => Ok(found),
        Err(words) => Ok(as_map(Err(words), "the TOML")),
    }
}

/// What TOML says, for templates; dates are text.
fn value(found: toml::Value) -> Value {
    match found {
        toml::Value::String(text) => Value::from(text),
        toml::Value::Integer(number) => Value::from(number),
        toml::Value::Float(number) => Value::from(number),
        toml::Value::Boolean(flag) => Value::from(flag),
        toml::Value::Datetime(date) => Value::from(Serde(date.to_string())),
        toml::Value::Array(items) => items.into_iter().map(value).collect(),
        toml::Value::Table(table) => Value::from_pairs(table.into_iter().map(|(key, item)| (key, value(item)))),
    }
}

struct Writer {
    out: String,
}

impl Writer {
    /// The entries of a table: first what fits on a line, then tables and lists of tables.
    fn table(&mut self, path: &mut Vec<String>, map: &Map<String, Json>) -> Result<(), String> {
        let mut entries: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
        entries.sort_by_key(|(key, _)| key.as_str());
        let (tables, lines): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(_, value)| is_table(value));
        for (key, value) in lines {
            self.out.push_str(&format!("{}{} = ", "  ".repeat(path.len()), key_text(key)));
            self.element(value)?;
            self.out.push('\n');
        }
        for (key, value) in tables {
            path.push(key_text(key));
            match value {
                Json::Array(items) => {
                    for map in items.iter().filter_map(Json::as_object) {
                        self.blank_line();
                        self.header(path, "[[", "]]");
                        self.table(path, map)?;
                    }
                }
                Json::Object(map) => {
                    if path.len() == 1 {
                        self.blank_line();
                    }
                    self.header(path, "[", "]");
                    self.table(path, map)?;
                }
                _ => {}
            }
            path.pop();
        }
        Ok(())
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn header(&mut self, path: &[String], open: &str, close: &str) {
        let indent = "  ".repeat(path.len() - 1);
        self.out.push_str(&format!("{indent}{open}{}{close}\n", path.join(".")));
    }

    fn element(&mut self, value: &Json) -> Result<(), String> {
        match value {
            Json::String(text) => quote(text, &mut self.out),
            Json::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
                Some(float) => self.out.push_str(&float_text(float)),
                None => self.out.push_str(&number.to_string()),
            },
            Json::Array(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if item.is_null() {
                        return Err(NIL_ELEMENT.to_owned());
                    }
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.element(item)?;
                }
                self.out.push(']');
            }
            Json::Object(map) => {
                let mut entries: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
                entries.sort_by_key(|(key, _)| key.as_str());
                self.out.push('{');
                for (index, (key, item)) in entries.into_iter().enumerate() {
                    self.out.push_str(if index > 0 { ", " } else { "" });
                    self.out.push_str(&format!("{} = ", key_text(key)));
                    self.element(item)?;
                }
                self.out.push('}');
            }
            other => self.out.push_str(&other.to_string()),
        }
        Ok(())
    }
}

/// Whether a value is written below a header: a table, or a list of nothing but tables.
fn is_table(value: &Json) -> bool {
    match value {
        Json::Object(_) => true,
        Json::Array(items) => !items.is_empty() && items.iter().all(Json::is_object),
        _ => false,
    }
}

fn key_text(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-'));
    if bare {
        return key.to_owned();
    }
    let mut text = String::new();
    quote(key, &mut text);
    text
}

fn quote(text: &str, out: &mut String) {
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
            '\0'..='\x1f' | '\x7f' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A whole number keeps a decimal, so that it stays a float.
fn float_text(float: f64) -> String {
    let text = crate::yaml::shortest(float);
    if text.contains(['.', 'e']) { text } else { format!("{text}.0") }
}

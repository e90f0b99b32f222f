//! Data to text and back: YAML and JSON.

use minijinja::value::{Serde, Value};
use minijinja::{Error, State};
use serde_json::Value as Json;

use super::{Arguments, Function};
use crate::diagnostic::Sources;
use crate::yaml::{self, Limits};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toYaml",
        to_yaml,
        "writes a value as YAML, without a final line break",
        "{a: [1]} | toYaml → a:\n- 1",
    ),
    Function::new("fromYaml", from_yaml, "reads a YAML map", "fromYaml(\"a: 1\").a → 1"),
    Function::new("fromYamlArray", from_yaml_array, "reads a YAML list", "fromYamlArray(\"[1, 2]\") → [1, 2]"),
    Function::new(
        "toJson",
        to_json,
        "writes a value as JSON on one line, with <, > and & escaped",
        "toJson([1]) → [1]",
    ),
    Function::new("toRawJson", to_raw_json, "writes a value as JSON without HTML escapes", "toRawJson(\"<\") → \"<\""),
    Function::new("toPrettyJson", to_pretty_json, "writes a value as indented JSON", "toPrettyJson([1])"),
    Function::new("fromJson", from_json, "reads a JSON map", "fromJson('{\"a\": 1}').a → 1"),
    Function::new("fromJsonArray", from_json_array, "reads a JSON list", "fromJsonArray(\"[1]\") → [1]"),
];

fn json(arguments: &Arguments<'_>) -> Result<Json, Error> {
    arguments.count(1..=1)?;
    serde_json::to_value(arguments.value(0)?).map_err(|_| arguments.error("cannot write this value"))
}

/// Keys sorted bytewise, as Go writes maps.
fn sorted(value: Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut entries: Vec<_> = map.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

fn to_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let text = yaml::write(&json(arguments)?);
    Ok(Value::from(text.strip_suffix('\n').unwrap_or(&text)))
}

fn parse_yaml(arguments: &Arguments<'_>) -> Result<Result<Json, String>, Error> {
    arguments.count(1..=1)?;
    let text = arguments.text(0)?;
    let mut sources = Sources::default();
    let id = sources.add("fromYaml", text);
    Ok(match yaml::read(&sources, id, Limits::default()) {
        Ok(reading) => Ok(reading.documents.first().map_or(Json::Null, yaml::Node::to_json)),
        Err(diagnostic) => Err(diagnostic.message),
    })
}

/// Helm never aborts here: a failure is a map with the key `Error`.
fn as_map(parsed: Result<Json, String>, what: &str) -> Value {
    match parsed {
        Ok(map @ Json::Object(_)) => Value::from(Serde(map)),
        Ok(Json::Null) => Value::from(Serde(serde_json::Map::new())),
        Ok(_) => Value::from_pairs([("Error", format!("{what} is no map"))]),
        Err(message) => Value::from_pairs([("Error", message)]),
    }
}

/// Helm never aborts here: a failure is a list with the message.
fn as_list(parsed: Result<Json, String>, what: &str) -> Value {
    match parsed {
        Ok(list @ Json::Array(_)) => Value::from(Serde(list)),
        Ok(Json::Null) => Value::from(Vec::<Value>::new()),
        Ok(_) => Value::from(vec![format!("{what} is no list")]),
        Err(message) => Value::from(vec![message]),
    }
}

fn from_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_map(parse_yaml(arguments)?, "the YAML"))
}

fn from_yaml_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_list(parse_yaml(arguments)?, "the YAML"))
}

fn html_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

fn to_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(html_escaped(&sorted(json(arguments)?).to_string())))
}

fn to_raw_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(sorted(json(arguments)?).to_string()))
}

fn to_pretty_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let text = serde_json::to_string_pretty(&sorted(json(arguments)?));
    text.map(|text| Value::from(html_escaped(&text))).map_err(|_| arguments.error("cannot write this value"))
}

fn parse_json(arguments: &Arguments<'_>) -> Result<Result<Json, String>, Error> {
    arguments.count(1..=1)?;
    Ok(serde_json::from_str(&arguments.text(0)?).map_err(|error| error.to_string()))
}

fn from_json(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_map(parse_json(arguments)?, "the JSON"))
}

fn from_json_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_list(parse_json(arguments)?, "the JSON"))
}

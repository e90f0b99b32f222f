//! YAML: `toYaml`, `fromYaml` and their kin.

use minijinja::value::Value;
use minijinja::{Error, State};
use serde_json::Value as Json;

use super::json::{self, Failed};
use super::{Arguments, Function};
use crate::diagnostic::Sources;
use crate::yaml::{self, Layout, Limits};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toYaml",
        to_yaml,
        "writes a value as YAML, without a final line break",
        "toYaml({\"a\": [1]}) → \"a:\\n- 1\"",
    ),
    Function::new("mustToYaml", to_yaml, "the same as toYaml", "mustToYaml({\"a\": 1}) → \"a: 1\""),
    Function::new(
        "toYamlPretty",
        to_yaml_pretty,
        "writes a value as YAML with lists indented below their key",
        "toYamlPretty({\"a\": [1]}) → \"a:\\n  - 1\"",
    ),
    Function::new("fromYaml", from_yaml, "reads a YAML map", "fromYaml(\"a: 1\").a → 1"),
    Function::new("fromYamlArray", from_yaml_array, "reads a YAML list", "fromYamlArray(\"[1, 2]\") → [1 2]"),
];

/// Helm writes JSON and reads it back as YAML 1.1 before it writes YAML: what that makes of a value.
///
/// U+0085 is a line break there, which folds. Control characters from U+007F on and keys of more than 1024 characters
/// cannot be read back; then Helm writes nothing, and this stops.
fn through_json(value: Json) -> Result<Json, &'static str> {
    Ok(match value {
        Json::String(text) => Json::String(read_back(text)?),
        Json::Array(items) => Json::Array(items.into_iter().map(through_json).collect::<Result<_, _>>()?),
        Json::Object(map) => {
            let entries = map.into_iter().map(|(key, value)| {
                let written = json::write(&Json::from(key.as_str()), json::Form::Html);
                if written.chars().count() > 1024 || key.contains('\u{85}') {
                    return Err("cannot write a key of more than 1024 characters or with U+0085");
                }
                Ok((read_back(key)?, through_json(value)?))
            });
            Json::Object(entries.collect::<Result<_, _>>()?)
        }
        other => other,
    })
}

fn read_back(text: String) -> Result<String, &'static str> {
    if text.chars().any(|c| matches!(c, '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}')) {
        return Err("cannot write control characters from U+007F on");
    }
    if !text.contains('\u{85}') {
        return Ok(text);
    }
    // One break among blanks is a space; of several the first is lost.
    let mut lines = text.split('\u{85}');
    let mut folded = lines.next().unwrap_or_default().to_owned();
    let mut breaks = 0;
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        folded.truncate(folded.trim_end_matches(' ').len());
        breaks += 1;
        let line = line.trim_start_matches(' ');
        if line.is_empty() && lines.peek().is_some() {
            continue;
        }
        folded.push_str(&if breaks == 1 { " ".to_owned() } else { "\n".repeat(breaks - 1) });
        folded.push_str(line);
        breaks = 0;
    }
    Ok(folded)
}

fn written(arguments: &Arguments<'_>) -> Result<Result<String, &'static str>, Error> {
    Ok(match json::of(arguments)? {
        Ok(value) => through_json(value).map(|value| {
            let text = yaml::write(&value);
            text.strip_suffix('\n').unwrap_or(&text).to_owned()
        }),
        Err(reason) => Err(reason),
    })
}

fn to_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    written(arguments)?.map(Value::from).map_err(|reason| arguments.error(reason))
}

fn to_yaml_pretty(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let value = json::of(arguments)?.map_err(|reason| arguments.error(reason))?;
    let text = yaml::write_as(&value, Layout::Pretty);
    Ok(Value::from(text.strip_suffix('\n').unwrap_or(&text)))
}

fn parse(arguments: &Arguments<'_>) -> Result<Result<Json, Failed>, Error> {
    arguments.count(1..=1)?;
    let text = arguments.text(0)?;
    let mut sources = Sources::default();
    let id = sources.add(arguments.function(), text);
    let all = 0..sources.get(id).text.len();
    Ok(match yaml::read_first(&sources, id, all, Limits::default()) {
        Ok(reading) => Ok(reading.documents.first().map_or(Json::Null, yaml::Node::to_json)),
        Err(diagnostic) => Err(diagnostic.message),
    })
}

const DECODING: &str = "error unmarshaling JSON: while decoding JSON: ";

fn from_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(json::as_map(parse(arguments)?, DECODING))
}

fn from_yaml_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(json::as_list(parse(arguments)?, DECODING))
}

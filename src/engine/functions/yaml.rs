//! YAML: written with Helm's bytes, read by Helm's rules.

use minijinja::value::Value;
use minijinja::{Error, State};
use serde_json::Value as Json;

use super::json::{as_list, as_map, serializable};
use super::{Arguments, Function};
use crate::diagnostic::Sources;
use crate::yaml::{self, Limits};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new(
        "toYaml",
        to_yaml,
        "writes a value as YAML, without a final line break",
        "toYaml({\"a\": [1]}) → \"a:\\n- 1\"",
    ),
    Function::new("mustToYaml", to_yaml, "the same as toYaml", "mustToYaml({\"a\": 1}) → \"a: 1\""),
    Function::new(
        "fromYaml",
        from_yaml,
        "reads a YAML map; what fails is under the key Error",
        "fromYaml(\"a: 1\").a → 1",
    ),
    Function::new(
        "fromYamlArray",
        from_yaml_array,
        "reads a YAML list; what fails is its one item",
        "fromYamlArray(\"[1, 2]\") → [1 2]",
    ),
];

fn to_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let text = yaml::write(&serializable(arguments, arguments.value(0)?)?);
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

fn from_yaml(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_map(parse_yaml(arguments)?, "the YAML"))
}

fn from_yaml_array(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(as_list(parse_yaml(arguments)?, "the YAML"))
}

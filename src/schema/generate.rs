//! The schema that the types of the built-in values make.

use serde_json::{Map, Value as Json};

use super::types::Values;

/// The schema of the built-in chart's values, as `chart/values.schema.json` holds it.
pub fn builtin() -> Json {
    let mut settings = schemars::generate::SchemaSettings::draft2020_12();
    // A tree without references: each use of a type can carry its own words and may be null or not.
    settings.inline_subschemas = true;
    let mut json = settings.into_generator().into_root_schema_for::<Values>().to_value();
    tidy(&mut json);
    json
}

/// The text of [`builtin`], as it is committed.
pub fn builtin_text() -> String {
    format!("{:#}\n", builtin())
}

/// Makes a schema fit for readers: no Rust defaults (the chart's are in values.yaml), no Rust number formats, one
/// `enum` for an enumeration, null wherever it deletes, and keywords in a fixed order.
fn tidy(schema: &mut Json) {
    let Some(map) = schema.as_object_mut() else { return };
    map.shift_remove("default");
    map.shift_remove("format");
    if let Some(values) = map.get("oneOf").and_then(constants) {
        map.shift_remove("oneOf");
        map.insert("type".to_owned(), "string".into());
        map.insert("enum".to_owned(), values.into());
    }
    flatten_option(map);
    for keyword in ["items", "additionalProperties", "propertyNames"] {
        map.get_mut(keyword).into_iter().for_each(tidy);
    }
    let required = map.get("required").cloned().unwrap_or_default();
    for (name, below) in map.get_mut("properties").and_then(Json::as_object_mut).into_iter().flatten() {
        tidy(below);
        if !required.as_array().is_some_and(|names| names.iter().any(|other| other == name)) {
            allow_null(below);
        }
    }
    order(map);
}

/// The values of alternatives that are one value each.
fn constants(alternatives: &Json) -> Option<Vec<Json>> {
    let list = alternatives.as_array()?;
    let values = list.iter().map(|branch| match (branch.get("const"), branch.get("enum")) {
        (Some(value), _) => Some(vec![value.clone()]),
        (None, Some(Json::Array(values))) => Some(values.clone()),
        _ => None,
    });
    values.collect::<Option<Vec<_>>>().map(|lists| lists.concat())
}

/// An `Option` of an enumeration comes as "this or null"; the null is added again where it may stand.
fn flatten_option(map: &mut Map<String, Json>) {
    let Some(Json::Array(branches)) = map.get("anyOf") else { return };
    let mut some = branches.iter().filter(|branch| branch.get("type").and_then(Json::as_str) != Some("null"));
    let (Some(only), None) = (some.next().cloned(), some.next()) else { return };
    map.shift_remove("anyOf");
    let mut only = only;
    tidy(&mut only);
    for (keyword, value) in only.as_object().into_iter().flatten() {
        // The words at the use of a type are nearer to the value than those of the type.
        map.entry(keyword.clone()).or_insert_with(|| value.clone());
    }
}

fn allow_null(schema: &mut Json) {
    let Some(map) = schema.as_object_mut() else { return };
    match map.get_mut("type") {
        Some(Json::String(one)) => {
            let list = vec![Json::String(std::mem::take(one)), "null".into()];
            map.insert("type".to_owned(), list.into());
        }
        Some(Json::Array(types)) if !types.contains(&"null".into()) => types.push("null".into()),
        _ => {}
    }
    if let Some(Json::Array(values)) = map.get_mut("enum")
        && !values.contains(&Json::Null)
    {
        values.push(Json::Null);
    }
}

/// What it is, what it may be, what is in it.
const ORDER: [&str; 18] = [
    "$schema",
    "title",
    "description",
    "type",
    "enum",
    "pattern",
    "x-message",
    "minLength",
    "maxLength",
    "minimum",
    "exclusiveMinimum",
    "maximum",
    "items",
    "propertyNames",
    "additionalProperties",
    "required",
    "properties",
    "$defs",
];

fn order(map: &mut Map<String, Json>) {
    let rank = |keyword: &String| ORDER.iter().position(|known| known == keyword).unwrap_or(ORDER.len());
    let mut all: Vec<_> = std::mem::take(map).into_iter().collect();
    all.sort_by_key(|(keyword, _)| rank(keyword));
    map.extend(all);
}

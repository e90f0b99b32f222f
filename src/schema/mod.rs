//! What values may be: the types of the built-in chart's values, the JSON schema that they make, the check of
//! values against a chart's schema, and descriptions for people.

mod describe;
mod fit;
mod message;
pub mod types;
mod validate;

pub use describe::{Description, describe, paths};
pub use validate::validate;

use serde_json::Value as Json;

/// The schema of the built-in chart's values, as `chart/values.schema.json` holds it.
pub fn builtin() -> Json {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let schema = settings.into_generator().into_root_schema_for::<types::Values>();
    let mut json = schema.to_value();
    simplify(&mut json);
    json
}

/// Takes out what says nothing to a reader: Rust's defaults (the chart's are in values.yaml), Rust's number formats,
/// and one branch per value of an enumeration.
fn simplify(schema: &mut Json) {
    match schema {
        Json::Object(map) => {
            // Under `properties` and `$defs` the keys are names, elsewhere keywords.
            for (keyword, below) in map.iter_mut() {
                if matches!(keyword.as_str(), "properties" | "$defs") {
                    below.as_object_mut().into_iter().flatten().for_each(|(_, schema)| simplify(schema));
                } else {
                    simplify(below);
                }
            }
            map.shift_remove("default");
            map.shift_remove("format");
            if let Some(values) = map.get("oneOf").and_then(constants) {
                map.shift_remove("oneOf");
                map.insert("enum".to_owned(), Json::Array(values));
            }
        }
        Json::Array(items) => items.iter_mut().for_each(simplify),
        _ => {}
    }
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

/// The text of [`builtin`], as it is committed.
pub fn builtin_text() -> String {
    format!("{:#}\n", builtin())
}

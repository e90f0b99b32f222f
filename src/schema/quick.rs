//! Whether values fit the schema of the built-in chart, without compiling it: most runs need no more than that "yes". What
//! does not certainly fit is left to the validator, which also says why.

use std::collections::HashMap;
use std::fmt;

use regex::Regex;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::Value as Json;

use crate::chart::{Origin, Tree};
use crate::yaml::{Node, Value};

/// Whether the tree is the built-in chart and the values fit its schema for certain.
pub fn fits(tree: &Tree, values: &Node) -> bool {
    if *tree.origin() != Origin::Builtin {
        return false;
    }
    read(tree).is_ok_and(|form| Check::default().fits(&form, values))
}

fn read(tree: &Tree) -> serde_json::Result<Form<'_>> {
    serde_json::from_slice(tree.bytes("values.schema.json").unwrap_or_default())
}

/// A part of the schema: the keywords that the built-in chart's has, which a test holds it to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Form<'a> {
    #[serde(rename = "type", default)]
    kind: OneOrMore<'a>,
    #[serde(rename = "enum")]
    options: Option<Vec<Json>>,
    pattern: Option<String>,
    max_length: Option<usize>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    exclusive_minimum: Option<f64>,
    min_items: Option<usize>,
    max_items: Option<usize>,
    items: Option<Box<Form<'a>>>,
    #[serde(default)]
    properties: HashMap<&'a str, Form<'a>>,
    #[serde(default)]
    required: Vec<&'a str>,
    property_names: Option<Box<Form<'a>>>,
    #[serde(default)]
    additional_properties: Others<'a>,
}

/// The names of the types that a value may have; all when there is none.
#[derive(Default)]
struct OneOrMore<'a>(Vec<&'a str>);

/// What keys without a schema of their own may hold.
#[derive(Default)]
enum Others<'a> {
    #[default]
    Anything,
    Nothing,
    Form(Box<Form<'a>>),
}

impl<'de: 'a, 'a> Deserialize<'de> for OneOrMore<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Names;
        impl<'de> Visitor<'de> for Names {
            type Value = OneOrMore<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a type or a list of types")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(OneOrMore(vec![name]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, names: A) -> Result<Self::Value, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(names)).map(OneOrMore)
            }
        }
        deserializer.deserialize_any(Names)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Others<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Others<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a schema")
            }

            fn visit_bool<E: Error>(self, anything: bool) -> Result<Self::Value, E> {
                Ok(if anything { Others::Anything } else { Others::Nothing })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let form = Form::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Others::Form(Box::new(form)))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A walk through the values, with the patterns that it met.
#[derive(Default)]
struct Check<'a> {
    patterns: HashMap<&'a str, Option<Regex>>,
}

impl<'a> Check<'a> {
    fn fits(&mut self, form: &'a Form<'_>, node: &Node) -> bool {
        let kinds = &form.kind.0;
        if !kinds.is_empty() && !kinds.iter().any(|kind| is_of(&node.value, kind)) {
            return false;
        }
        if form.options.as_ref().is_some_and(|options| !options.contains(&node.to_json())) {
            return false;
        }
        match &node.value {
            Value::Null | Value::Bool(_) => true,
            #[expect(clippy::cast_precision_loss, reason = "the bounds are far below 2^53")]
            Value::Int(number) => in_bounds(form, *number as f64),
            Value::Float(number) => in_bounds(form, *number),
            Value::String(text) => self.text_fits(form, text),
            Value::List(items) => {
                form.min_items.is_none_or(|least| items.len() >= least)
                    && form.max_items.is_none_or(|most| items.len() <= most)
                    && form.items.as_ref().is_none_or(|form| items.iter().all(|item| self.fits(form, item)))
            }
            Value::Map(map) => {
                form.required.iter().all(|key| map.contains_key(*key))
                    && map.iter().all(|(key, entry)| self.entry_fits(form, key, &entry.node))
            }
        }
    }

    fn text_fits(&mut self, form: &'a Form<'_>, text: &str) -> bool {
        if form.max_length.is_some_and(|most| text.chars().count() > most) {
            return false;
        }
        let Some(pattern) = form.pattern.as_deref() else { return true };
        if text.is_empty() && pattern.starts_with("^$|") {
            return true;
        }
        let regex = self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }

    fn entry_fits(&mut self, form: &'a Form<'_>, key: &str, node: &Node) -> bool {
        if form.property_names.as_ref().is_some_and(|names| !self.text_fits(names, key)) {
            return false;
        }
        match (form.properties.get(key), &form.additional_properties) {
            (Some(form), _) => self.fits(form, node),
            (None, Others::Anything) => true,
            (None, Others::Nothing) => false,
            (None, Others::Form(form)) => self.fits(form, node),
        }
    }
}

fn is_of(value: &Value, kind: &str) -> bool {
    match value {
        Value::Null => kind == "null",
        Value::Bool(_) => kind == "boolean",
        Value::Int(_) => kind == "integer" || kind == "number",
        Value::Float(_) => kind == "number",
        Value::String(_) => kind == "string",
        Value::List(_) => kind == "array",
        Value::Map(_) => kind == "object",
    }
}

fn in_bounds(form: &Form<'_>, number: f64) -> bool {
    form.minimum.is_none_or(|least| number >= least)
        && form.maximum.is_none_or(|most| number <= most)
        && form.exclusive_minimum.is_none_or(|least| number > least)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;
    use crate::chart::Builtin;
    use crate::diagnostic::{Sources, Span};

    /// Keywords that say nothing about what fits.
    const ANNOTATIONS: [&str; 5] = ["$schema", "title", "description", "x-message", "x-absent"];
    const KNOWN: [&str; 14] = [
        "type",
        "enum",
        "pattern",
        "maxLength",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "minItems",
        "maxItems",
        "items",
        "properties",
        "required",
        "propertyNames",
        "additionalProperties",
    ];

    fn keywords(schema: &Json, found: &mut BTreeSet<String>) {
        for (keyword, value) in schema.as_object().into_iter().flatten() {
            if ANNOTATIONS.contains(&keyword.as_str()) {
                continue;
            }
            found.insert(keyword.clone());
            match keyword.as_str() {
                "properties" => value.as_object().into_iter().flatten().for_each(|(_, below)| keywords(below, found)),
                "items" | "propertyNames" | "additionalProperties" => keywords(value, found),
                _ => {}
            }
        }
    }

    /// The parts of the schema that keys have; these have no type, no options and no bounds.
    fn names(schema: &Json, found: &mut Vec<Json>) {
        match schema {
            Json::Object(map) => {
                found.extend(map.get("propertyNames").cloned());
                map.values().for_each(|below| names(below, found));
            }
            Json::Array(list) => list.iter().for_each(|below| names(below, found)),
            _ => {}
        }
    }

    #[test]
    fn every_keyword_of_the_schema_is_known() {
        let mut found = BTreeSet::new();
        keywords(&crate::schema::builtin(), &mut found);
        assert_eq!(found.iter().map(String::as_str).collect::<BTreeSet<_>>(), BTreeSet::from(KNOWN));
        let mut all = Vec::new();
        names(&crate::schema::builtin(), &mut all);
        let mut of_names = BTreeSet::new();
        for schema in &all {
            keywords(schema, &mut of_names);
        }
        assert!(of_names.is_subset(&["type", "pattern", "maxLength"].map(str::to_owned).into()), "{of_names:?}");
    }

    #[test]
    fn it_says_yes_only_where_the_validator_does() {
        let tree = Builtin::tree();
        assert_eq!(read(&tree).err().map(|error| error.to_string()), None);
        let mut sources = Sources::default();
        let span = Span::new(sources.add("values", ""), 0..0);
        let cases = [
            (json!({}), true),
            (json!({"mode": "ha", "nameOverride": null, "postgresql": {"config": {"work_mem": "8MB"}}}), true),
            (json!({"commonLabels": {"a": "b"}, "persistence": {"size": "10Gi"}}), true),
            (json!({"mode": "hb"}), false),
            (json!({"mod": "ha"}), false),
            (json!({"nameOverride": "A"}), false),
            (json!({"nameOverride": "a".repeat(64)}), false),
            (json!({"persistence": {"size": "10Xi"}}), false),
            (json!({"persistence": []}), false),
            (json!({"replication": {"readReplicas": -1}}), false),
            (json!({"replication": {"readReplicas": 1.5}}), false),
            (json!({"commonLabels": {"": "b"}}), false),
            (json!({"postgresql": {"roles": [{}]}}), false),
        ];
        for (values, expected) in cases {
            let node = Node::from_json(values.clone(), span);
            assert_eq!(fits(&tree, &node), expected, "{values}");
            let told = crate::schema::validate(&crate::schema::builtin(), &node, &tree).unwrap();
            assert_eq!(told.is_empty(), expected, "{values}: {told:?}");
        }
    }
}

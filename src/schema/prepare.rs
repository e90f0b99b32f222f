//! Foreign schemas made ready for the validator: patterns in its language, references counted.

use std::collections::HashMap;

use serde_json::{Map, Value as Json};

use super::pattern::portable;

/// References of a schema and the files it refers to, together; it bounds how long a chain of them can be.
pub(super) const MAX_REFERENCES: usize = 10_000;

/// The keywords that hold schemas, besides those that hold schemas by name.
const APPLICATORS: [&str; 16] = [
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "oneOf",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// What is known of a schema after it was made ready.
#[derive(Default)]
pub(super) struct Prepared {
    /// The patterns as the schema's author wrote them, by what the validator reads.
    pub(super) patterns: HashMap<String, String>,
    /// The first pattern that is none: its path in the schema, the pattern, and why.
    pub(super) broken: Option<(String, String, String)>,
    /// How many references there are.
    pub(super) references: usize,
    /// Whether one of them means a standard schema.
    pub(super) standard: bool,
    /// Whether what is read stands under a keyword that nobody knows, where anything may stand.
    free: bool,
}

impl Prepared {
    /// Rewrites a schema in place.
    pub(super) fn rewrite(&mut self, schema: &mut Json) {
        self.schema(schema, "");
    }

    fn schema(&mut self, schema: &mut Json, path: &str) {
        let Some(map) = schema.as_object_mut() else { return };
        for (keyword, value) in map.iter_mut() {
            let at = || join(path, keyword);
            match keyword.as_str() {
                // Data, not schemas.
                "const" | "enum" | "default" | "examples" | "example" => {}
                "pattern" => {
                    if let Some(rewritten) = value.as_str().and_then(|pattern| self.pattern(pattern, &at())) {
                        *value = Json::String(rewritten);
                    }
                }
                "patternProperties" => {
                    if let Some(map) = value.as_object_mut() {
                        let old = std::mem::take(map);
                        *map = self.keys(old, &at());
                    }
                }
                "properties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies" => {
                    for (name, below) in value.as_object_mut().into_iter().flatten() {
                        self.schema(below, &join(&at(), name));
                    }
                }
                "$ref" | "$dynamicRef" | "$recursiveRef" => {
                    self.references += 1;
                    self.standard |= value.as_str().is_some_and(|reference| reference.contains("//json-schema.org/"));
                }
                _ => {
                    let free = self.free;
                    self.free |= !APPLICATORS.contains(&keyword.as_str());
                    self.schemas(value, &at());
                    self.free = free;
                }
            }
        }
    }

    /// One schema or a list of them.
    fn schemas(&mut self, value: &mut Json, path: &str) {
        match value {
            Json::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.schema(item, &join(path, &index.to_string()));
                }
            }
            value => self.schema(value, path),
        }
    }

    fn keys(&mut self, old: Map<String, Json>, path: &str) -> Map<String, Json> {
        let mut new = Map::new();
        for (pattern, mut below) in old {
            self.schema(&mut below, &join(path, &pattern));
            let name = self.pattern(&pattern, path).unwrap_or(pattern);
            // Two spellings of one pattern: both schemas hold.
            let both = match new.shift_remove(&name) {
                Some(other) => serde_json::json!({"allOf": [other, below]}),
                None => below,
            };
            new.insert(name, both);
        }
        new
    }

    fn pattern(&mut self, pattern: &str, path: &str) -> Option<String> {
        match portable(pattern) {
            Ok(rewritten) => {
                self.patterns.entry(rewritten.clone()).or_insert_with(|| pattern.to_owned());
                Some(rewritten)
            }
            Err(_) if self.free => None,
            Err(why) => {
                self.broken.get_or_insert_with(|| (path.to_owned(), pattern.to_owned(), why));
                None
            }
        }
    }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

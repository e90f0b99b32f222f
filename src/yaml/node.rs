//! A YAML tree in which every node knows its place.

use indexmap::IndexMap;

use crate::diagnostic::Span;

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands: the scalar's text, or the whole collection.
    pub span: Span,
}

/// A map in file order; keys are strings, as Helm makes them.
pub type Mapping = IndexMap<String, Entry>;

/// A value under a key, with the key's own place.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Where the key stands.
    pub key: Span,
    /// What it holds.
    pub node: Node,
}

/// What a node holds, after Helm's reading of YAML 1.1 scalars; integers stay integers.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; finite.
    Float(f64),
    /// Text.
    String(String),
    /// A list.
    List(Vec<Node>),
    /// A map.
    Map(Mapping),
}

impl Node {
    /// A node at a place.
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span }
    }

    /// The entry under `key`, when this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_map()?.get(key)
    }

    /// The node under `key`, when this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The node at a path of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The map, when it is one.
    pub fn as_map(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The map to change, when it is one.
    pub fn as_map_mut(&mut self) -> Option<&mut Mapping> {
        match &mut self.value {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The list, when it is one.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// The text, when it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, when it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    /// The integer, when it is one.
    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            Value::Int(number) => Some(number),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        self.value == Value::Null
    }

    /// A scalar as text: strings as they are, `true`, `16`, `1.5`; nothing for null and collections.
    pub fn scalar_text(&self) -> Option<String> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Int(number) => Some(number.to_string()),
            Value::Float(number) => Some(number.to_string()),
            Value::Null | Value::List(_) | Value::Map(_) => None,
        }
    }
}

impl Value {
    /// The kind, as messages name it: `an integer`, `text`, `a list`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) => "an integer",
            Self::Float(_) => "a number",
            Self::String(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "an object",
        }
    }
}

impl Node {
    /// The tree as JSON, without places.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => Json::Bool(*flag),
            Value::Int(number) => Json::from(*number),
            Value::Float(number) => Json::from(*number),
            Value::String(text) => Json::String(text.clone()),
            Value::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Value::Map(map) => {
                Json::Object(map.iter().map(|(key, entry)| (key.clone(), entry.node.to_json())).collect())
            }
        }
    }

    /// The same without copying texts.
    pub fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.value {
            Value::String(text) => Json::String(text),
            Value::List(items) => Json::Array(items.into_iter().map(Self::into_json).collect()),
            Value::Map(map) => {
                Json::Object(map.into_iter().map(|(key, entry)| (key, entry.node.into_json())).collect())
            }
            _ => self.to_json(),
        }
    }

    /// A tree from JSON in which every node stands at `span`.
    pub fn from_json(json: serde_json::Value, span: Span) -> Self {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(flag),
            Json::Number(number) => {
                number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int)
            }
            Json::String(text) => Value::String(text),
            Json::Array(items) => Value::List(items.into_iter().map(|item| Self::from_json(item, span)).collect()),
            Json::Object(map) => Value::Map(
                map.into_iter()
                    .map(|(key, item)| (key, Entry { key: span, node: Self::from_json(item, span) }))
                    .collect(),
            ),
        };
        Self::new(value, span)
    }
}

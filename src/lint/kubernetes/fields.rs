//! An object against the fields of its kind: what is unknown, of another type, or missing.

use super::schema::{self, Shape};
use crate::diagnostic::{Span, did_you_mean};
use crate::lint::Subject;
use crate::lint::object::Object;
use crate::yaml::{Mapping, Node, Value};

/// What does not fit.
#[derive(Clone, Debug)]
pub(super) enum Misfit {
    /// A field that the type does not have.
    Unknown { field: String, within: String, at: Span, hint: String },
    /// A value of another type.
    Type { path: String, wanted: &'static str, found: &'static str, at: Span },
    /// A field that the type needs, at the object that lacks it.
    Missing { field: &'static str, within: String, at: Span },
}

/// Everything that does not fit, in the order of the objects.
pub(super) fn misfits(subject: &Subject<'_>) -> Vec<Misfit> {
    subject.objects.iter().flat_map(of_object).collect()
}

fn of_object(object: &Object<'_>) -> Vec<Misfit> {
    let identity = &object.manifest.identity;
    let known = schema::kind(&identity.api_version, &identity.kind);
    let Some(root) = known.and_then(|kind| kind.root) else { return Vec::new() };
    let mut walk = Walk { found: Vec::new(), path: Vec::new() };
    if let Some(map) = object.root().as_map() {
        walk.fields(map, root, object.root().span, &["status"]);
    }
    walk.found
}

struct Walk {
    found: Vec<Misfit>,
    path: Vec<String>,
}

impl Walk {
    fn shown(&self) -> String {
        let mut out = String::new();
        for step in &self.path {
            if !out.is_empty() && !step.starts_with('[') {
                out.push('.');
            }
            out.push_str(step);
        }
        out
    }

    fn fields(&mut self, map: &Mapping, number: usize, place: Span, passed: &[&str]) {
        let fields = schema::fields(number);
        for (key, entry) in map {
            let Some(field) = fields.iter().find(|field| field.name == key) else {
                if !passed.contains(&key.as_str()) {
                    let hint = did_you_mean(key, fields.iter().map(|field| field.name)).unwrap_or_default();
                    let within = self.shown();
                    self.found.push(Misfit::Unknown { field: key.clone(), within, at: entry.key, hint });
                }
                continue;
            };
            self.path.push(key.clone());
            if entry.node.is_null() {
                // A null stands for nothing, but for what has to be there.
                let scalar = matches!(field.shape, Shape::Quantity | Shape::IntOrText);
                if field.required && !field.nullable || scalar {
                    let at = entry.key;
                    self.found.push(Misfit::Type { path: self.shown(), wanted: name(&field.shape), found: "null", at });
                }
            } else {
                self.value(&entry.node, &field.shape);
            }
            self.path.pop();
        }
        // The API server fills in the version and kind of what stands inside another object.
        for field in fields.iter().filter(|field| field.required && !map.contains_key(field.name)) {
            self.found.push(Misfit::Missing { field: field.name, within: self.shown(), at: place });
        }
    }

    fn value(&mut self, node: &Node, shape: &Shape) {
        match (shape, &node.value) {
            (Shape::Type(number), Value::Map(map)) => self.fields(map, *number, node.span, &[]),
            (Shape::List(shape), Value::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(format!("[{index}]"));
                    if item.is_null() {
                        self.wrong(shape, node.span, item.value.kind());
                    } else {
                        self.value(item, shape);
                    }
                    self.path.pop();
                }
            }
            (Shape::Map(shape), Value::Map(map)) => {
                for (key, entry) in map {
                    self.path.push(key.clone());
                    if !entry.node.is_null() {
                        self.value(&entry.node, shape);
                    } else if matches!(**shape, Shape::Quantity | Shape::IntOrText) {
                        self.wrong(shape, entry.key, "null");
                    }
                    self.path.pop();
                }
            }
            (Shape::Any, Value::Map(_))
            | (Shape::Text | Shape::IntOrText, Value::String(_))
            | (Shape::Integer | Shape::IntOrText, Value::Int(_))
            | (Shape::Number, Value::Int(_) | Value::Float(_))
            | (Shape::Boolean, Value::Bool(_))
            | (Shape::Quantity, Value::String(_) | Value::Int(_) | Value::Float(_)) => {}
            // A whole number may be written with a point.
            (Shape::Integer | Shape::IntOrText, Value::Float(number)) if number.fract() == 0.0 => {}
            _ => self.wrong(shape, node.span, node.value.kind()),
        }
    }

    fn wrong(&mut self, shape: &Shape, at: Span, found: &'static str) {
        self.found.push(Misfit::Type { path: self.shown(), wanted: name(shape), found, at });
    }
}

fn name(shape: &Shape) -> &'static str {
    match shape {
        Shape::Text => "text",
        Shape::Integer => "an integer",
        Shape::Number => "a number",
        Shape::Boolean => "true or false",
        Shape::Quantity => "a quantity",
        Shape::IntOrText => "an integer or text",
        Shape::List(_) => "a list",
        Shape::Any | Shape::Type(_) | Shape::Map(_) => "an object",
    }
}

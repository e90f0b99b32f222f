//! The check of values against a JSON schema: every violation, each at the place that wrote the value.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::LocationSegment as Segment;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::Value as Json;

use super::fit;
use super::message::Message;
use crate::diagnostic::{Diagnostic, Span};
use crate::values::ValuePath;
use crate::yaml::Node;

/// Checks `values` against `schema`; nothing is ever fetched.
///
/// The draft is the one that `$schema` names, 2020-12 without it; formats are asserted up to draft 7, as in Helm.
///
/// # Errors
/// A diagnostic without a place when the schema itself does not hold.
pub fn validate(schema: &Json, values: &Node, sources_name: &str) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let validator = compile(schema).map_err(|error| bad_schema(&error, sources_name))?;
    let instance = values.to_json();
    if validator.is_valid(&instance) {
        return Ok(Vec::new());
    }
    let report = Report { schema, values };
    let mut found = Vec::new();
    for error in validator.iter_errors(&instance) {
        report.explain(&error, &mut found);
    }
    crate::diagnostic::sort(&mut found);
    Ok(crate::diagnostic::dedup(found))
}

fn compile(schema: &Json) -> Result<Validator, ValidationError<'static>> {
    let draft = Draft::default().detect(schema);
    let formats = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
    jsonschema::options().with_draft(draft).should_validate_formats(formats).offline().build(schema)
}

fn bad_schema(error: &ValidationError<'_>, name: &str) -> Box<Diagnostic> {
    let at = error.instance_path().as_str();
    let place = if at.is_empty() { String::new() } else { format!(" at `{at}`") };
    let diagnostic = Diagnostic::error(format!("`{name}` is no valid JSON schema{place}: {error}"));
    Box::new(match error.kind() {
        Kind::Referencing(_) => diagnostic.help("a `$ref` may only point into the schema itself: `#/$defs/…`"),
        _ => diagnostic,
    })
}

/// Where one value stands: its path, the node, and the span of its key.
pub(super) struct Place<'a> {
    pub(super) path: ValuePath,
    pub(super) node: &'a Node,
    pub(super) key: Span,
    /// The last key on the way.
    pub(super) name: Option<String>,
}

struct Report<'a> {
    schema: &'a Json,
    values: &'a Node,
}

impl Report<'_> {
    /// Appends the diagnostics of one violation; some keywords report several keys at once.
    fn explain(&self, error: &ValidationError<'_>, found: &mut Vec<Diagnostic>) {
        let place = self.place(error);
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => match fit::best(context) {
                fit::Best::Alternatives(options) => {
                    found.push(Message::new(&place).alternatives(&options));
                }
                fit::Best::Branch(errors) => errors.iter().for_each(|error| self.explain(error, found)),
            },
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    found.push(self.unknown_key(error, &place, key));
                }
            }
            Kind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default().to_owned();
                let span = place.node.entry(&key).map_or(place.key, |entry| entry.key);
                found.push(Message::new(&place).bad_name(&key, span, inner.kind()));
            }
            kind => found.push(Message::new(&place).violation(kind, error.instance())),
        }
    }

    /// Walks the instance path of an error through the values.
    fn place(&self, error: &ValidationError<'_>) -> Place<'_> {
        let mut place = Place { path: ValuePath::root(), node: self.values, key: self.values.span, name: None };
        for segment in error.instance_path() {
            match segment {
                Segment::Property(name) => {
                    let Some(entry) = place.node.entry(&name) else { break };
                    let path = place.path.key(&name);
                    place = Place { path, node: &entry.node, key: entry.key, name: Some(name.into_owned()) };
                }
                Segment::Index(index) => {
                    let Some(node) = place.node.as_list().and_then(|items| items.get(index)) else { break };
                    place = Place { path: place.path.index(index), node, key: node.span, name: place.name };
                }
            }
        }
        place
    }

    fn unknown_key(&self, error: &ValidationError<'_>, place: &Place<'_>, key: &str) -> Diagnostic {
        let span = place.node.entry(key).map_or(place.key, |entry| entry.key);
        let known = self.known_keys(error);
        let diagnostic = Diagnostic::error(format!("unknown key `{}`", place.path.key(key)));
        if let Some(hint) = crate::diagnostic::did_you_mean(key, known.iter().map(String::as_str)) {
            return diagnostic.at(span, hint);
        }
        let elsewhere: Vec<String> = super::paths(self.schema)
            .into_iter()
            .filter(|path| path.rsplit('.').next() == Some(key))
            .map(|path| format!("`{path}`"))
            .collect();
        let diagnostic = diagnostic.at(span, "");
        match elsewhere.as_slice() {
            [] if known.is_empty() || known.len() > 12 => diagnostic.help("`pgchart show values` lists what there is"),
            [] => diagnostic.help(format!("known keys here: {}", known.join(", "))),
            list => diagnostic.help(format!("there is {}", list[..list.len().min(3)].join(", "))),
        }
    }

    /// The keys that the schema knows where an unknown one was found.
    fn known_keys(&self, error: &ValidationError<'_>) -> Vec<String> {
        // `schema_path` names the keyword; the properties are its siblings.
        let path = error.schema_path().as_str();
        let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
        let object = self.schema.pointer(parent).and_then(Json::as_object);
        let properties = object.and_then(|object| object.get("properties")).and_then(Json::as_object);
        properties.into_iter().flatten().map(|(key, _)| key.clone()).collect()
    }
}

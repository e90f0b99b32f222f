//! The check of values against a JSON schema: every violation, each at the place that wrote the value.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::LocationSegment as Segment;
use jsonschema::{Draft, PatternOptions, ReferencingError, ValidationError, Validator};
use serde_json::Value as Json;

use super::fit::{self, Best};
use super::message::Message;
use super::redact;
use crate::diagnostic::{Diagnostic, Span};
use crate::values::ValuePath;
use crate::yaml::Node;

/// Checks `values` against `schema`; nothing is ever fetched.
///
/// The draft is the one that `$schema` names, 2020-12 without it; formats are asserted up to draft 7 and patterns have
/// no look-around, as in Helm. Patterns match in linear time, so a foreign schema cannot hang the run.
///
/// # Errors
/// A diagnostic without a place when the schema itself does not hold; `name` says which schema it is.
pub fn validate(schema: &Json, values: &Node, name: &str) -> Result<Vec<Diagnostic>, Box<Diagnostic>> {
    let validator = compile(schema).map_err(|error| bad_schema(&error, schema, values.span, name))?;
    let instance = values.to_json();
    if validator.is_valid(&instance) {
        return Ok(Vec::new());
    }
    let report = Report { schema, values };
    let mut found = Vec::new();
    let errors: Vec<_> = validator.iter_errors(&instance).collect();
    fit::telling(&errors).for_each(|error| report.explain(error, &mut found));
    crate::diagnostic::sort(&mut found);
    Ok(crate::diagnostic::dedup(found))
}

fn compile(schema: &Json) -> Result<Validator, ValidationError<'static>> {
    let options = jsonschema::options().offline().with_pattern_options(PatternOptions::regex());
    match Draft::default().detect(schema) {
        // Left to the crate, which asks for the meta-schema, is refused it, and says so.
        Draft::Unknown => options.build(schema),
        draft => {
            let formats = matches!(draft, Draft::Draft4 | Draft::Draft6 | Draft::Draft7);
            options.with_draft(draft).should_validate_formats(formats).build(schema)
        }
    }
}

fn bad_schema(error: &ValidationError<'_>, schema: &Json, span: Span, name: &str) -> Box<Diagnostic> {
    let diagnostic = |what: String| Diagnostic::error(format!("`{name}` is no valid JSON schema: {what}"));
    let outside = "a `$ref` may only point into the schema itself: `#/$defs/...`";
    let Kind::Referencing(error) = error.kind() else {
        // The schema breaks the rules of schemas: tell it as for values, with the place in words.
        let node = Node::from_json(schema.clone(), span);
        let mut found = Vec::new();
        Report { schema: &Json::Null, values: &node }.explain(error, &mut found);
        let what =
            found.into_iter().next().map_or_else(|| "a rule in it does not hold".to_owned(), |first| first.message);
        return Box::new(diagnostic(what));
    };
    Box::new(match error {
        ReferencingError::Unretrievable { uri, .. } => {
            diagnostic(format!("it refers to `{uri}`, and nothing is fetched")).help(outside)
        }
        ReferencingError::PointerToNowhere { pointer } => {
            diagnostic(format!("`$ref` points to `{pointer}`, which it does not hold")).help(outside)
        }
        ReferencingError::NoSuchAnchor { anchor } | ReferencingError::InvalidAnchor { anchor } => {
            diagnostic(format!("`$ref` names the anchor `{anchor}`, which it does not hold")).help(outside)
        }
        ReferencingError::UnknownSpecification { specification } => {
            diagnostic(format!("`$schema` names `{specification}`, which is no known draft"))
                .help("use `https://json-schema.org/draft/2020-12/schema`")
        }
        ReferencingError::InvalidUri(_)
        | ReferencingError::InvalidPercentEncoding { .. }
        | ReferencingError::InvalidArrayIndex { .. } => {
            diagnostic("a `$ref` in it is no address".to_owned()).help(outside)
        }
        ReferencingError::CircularMetaschema { .. } => diagnostic("its `$schema` leads in a circle".to_owned()),
    })
}

/// Where one value stands: its path, the node, and the span of its key.
pub(super) struct Place<'a> {
    pub(super) path: ValuePath,
    pub(super) node: &'a Node,
    pub(super) key: Span,
    /// Whether messages may not repeat it: one of the keys on the way says so.
    pub(super) secret: bool,
}

struct Report<'a> {
    schema: &'a Json,
    values: &'a Node,
}

impl Report<'_> {
    /// Appends the diagnostics of one violation; some keywords report several keys at once.
    fn explain(&self, error: &ValidationError<'_>, found: &mut Vec<Diagnostic>) {
        let place = self.place(error);
        let message = Message::new(&place, self.wanted(error));
        match error.kind() {
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                match fit::best(context, error.instance_path().as_str()) {
                    Best::Values(options) => found.push(message.alternatives(&options)),
                    Best::Types(types) => found.push(message.wrong_type(&types)),
                    Best::Keys(keys) => found.push(message.missing_one_of(&keys)),
                    Best::Branch([]) => found.push(message.no_alternative()),
                    Best::Branch(errors) => fit::telling(errors).for_each(|error| self.explain(error, found)),
                }
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                found.extend(unexpected.iter().map(|key| self.unknown_key(error, &place, key)));
            }
            Kind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default();
                found.push(Message::new(&place, self.wanted(inner)).bad_name(key, inner.kind()));
            }
            kind => found.push(message.violation(kind, error.instance())),
        }
    }

    /// What the schema says beside the broken keyword of what is wanted, as it follows "must be".
    fn wanted(&self, error: &ValidationError<'_>) -> Option<&str> {
        self.beside(error)?.get("x-message")?.as_str()
    }

    /// The part of the schema that holds the broken keyword.
    fn beside(&self, error: &ValidationError<'_>) -> Option<&Json> {
        let path = error.schema_path().as_str();
        self.schema.pointer(path.rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    /// Walks the instance path of an error through the values.
    fn place(&self, error: &ValidationError<'_>) -> Place<'_> {
        let mut place = Place { path: ValuePath::root(), node: self.values, key: self.values.span, secret: false };
        for segment in error.instance_path() {
            // A map whose keys are digits looks like a list in a path.
            let index = if let Segment::Index(index) = segment { Some(index) } else { None };
            if let Some((index, items)) = index.zip(place.node.as_list()) {
                let Some(node) = items.get(index) else { break };
                place = Place { path: place.path.index(index), node, key: node.span, secret: place.secret };
                continue;
            }
            let name = segment.to_string();
            let Some(entry) = place.node.entry(&name) else { break };
            let (path, secret) = (place.path.key(&name), place.secret || redact::hides(&name));
            place = Place { path, node: &entry.node, key: entry.key, secret };
        }
        place
    }

    fn unknown_key(&self, error: &ValidationError<'_>, place: &Place<'_>, key: &str) -> Diagnostic {
        let span = place.node.entry(key).map_or(place.key, |entry| entry.key);
        let known = self.beside(error).map(|schema| super::describe::keys(self.schema, schema)).unwrap_or_default();
        let diagnostic = Diagnostic::error(format!("unknown key `{}`", place.path.key(key)));
        let hint = crate::diagnostic::did_you_mean(key, known.iter().map(String::as_str));
        let diagnostic = diagnostic.at(span, hint.clone().unwrap_or_default());
        let elsewhere: Vec<String> = super::paths(self.schema)
            .into_iter()
            .filter(|path| path.rsplit('.').next() == Some(key))
            .take(3)
            .map(|path| format!("`{path}`"))
            .collect();
        match (hint, elsewhere.is_empty()) {
            (_, false) => diagnostic.help(format!("there is {}", elsewhere.join(", "))),
            (Some(_), true) => diagnostic,
            (None, true) if known.is_empty() || known.len() > 12 => {
                diagnostic.help("`pgchart show values` lists what there is")
            }
            (None, true) => diagnostic.help(format!("known keys here: {}", known.join(", "))),
        }
    }
}

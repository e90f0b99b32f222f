//! One violation in our words.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value as Json;

use super::validate::Place;
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::values::is_secret;

/// Builds the diagnostic of a violation at a place.
pub(super) struct Message<'a> {
    place: &'a Place<'a>,
    /// The path in backticks, or `the values` at the root.
    subject: String,
    secret: bool,
}

impl<'a> Message<'a> {
    pub(super) fn new(place: &'a Place<'a>) -> Self {
        let path = place.path.to_string();
        let subject = if path.is_empty() { "the values".to_owned() } else { format!("`{path}`") };
        let secret = place.name.as_deref().is_some_and(is_secret);
        Self { place, subject, secret }
    }

    pub(super) fn violation(&self, kind: &Kind, found: &Json) -> Diagnostic {
        let subject = &self.subject;
        let shown = self.show(found);
        let wrong = |what: String| self.error(format!("{subject} must {what}, found {shown}"));
        match kind {
            Kind::Type { kind } => {
                let kind_found = if found.is_object() || found.is_array() { "" } else { kind_name(found) };
                let found = format!("{kind_found} {shown}");
                self.error(format!("{subject} must be {}, found {}", types(kind), found.trim()))
            }
            Kind::Enum { options } => self.alternatives(options.as_array().map_or(&[], Vec::as_slice)),
            Kind::Constant { expected_value } => self.alternatives(std::slice::from_ref(expected_value)),
            Kind::Minimum { limit } => wrong(format!("be at least {limit}")),
            Kind::Maximum { limit } => wrong(format!("be at most {limit}")),
            Kind::ExclusiveMinimum { limit } => wrong(format!("be more than {limit}")),
            Kind::ExclusiveMaximum { limit } => wrong(format!("be less than {limit}")),
            Kind::MultipleOf { multiple_of } => wrong(format!("be a multiple of {multiple_of}")),
            Kind::MinLength { limit: 1 } => self.error(format!("{subject} must not be empty")),
            Kind::MinLength { limit } => wrong(format!("have at least {limit} characters")),
            Kind::MaxLength { limit } => wrong(format!("have at most {limit} characters")),
            Kind::MinItems { limit } => self.error(format!("{subject} must have at least {limit} items")),
            Kind::MaxItems { limit } => self.error(format!("{subject} must have at most {limit} items")),
            Kind::MinProperties { limit } => self.error(format!("{subject} must have at least {limit} keys")),
            Kind::MaxProperties { limit } => self.error(format!("{subject} must have at most {limit} keys")),
            Kind::UniqueItems => self.error(format!("{subject} must not hold an item twice")),
            Kind::Pattern { pattern } => {
                let error = self.error(format!("{subject} has the wrong form: {shown}"));
                match form(pattern) {
                    Some(form) => error.help(format!("write {form}")),
                    None => error.help(format!("it must match `{pattern}`")),
                }
            }
            Kind::Format { format } => wrong(format!("be a valid {format}")),
            Kind::Required { property } => self.missing(property),
            Kind::Not { .. } => self.error(format!("{subject} must not be {shown} here")),
            Kind::OneOfMultipleValid { .. } => {
                self.error(format!("{subject} fits more than one of the alternatives that the schema gives"))
            }
            Kind::Contains => self.error(format!("{subject} lacks an item that the schema demands")),
            Kind::FalseSchema => self.error(format!("{subject} must not be set here")),
            Kind::AdditionalItems { limit } => self.error(format!("{subject} must have at most {limit} items")),
            Kind::UnevaluatedItems { .. } => self.error(format!("{subject} has items that the schema does not know")),
            other => self.error(format!("{subject} breaks the schema's rule `{}`: {shown}", other.keyword())),
        }
    }

    /// Exactly these values are allowed.
    pub(super) fn alternatives(&self, options: &[Json]) -> Diagnostic {
        let plain = |json: &Json| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
        let mut names: Vec<String> = Vec::new();
        for option in options.iter().filter(|option| !option.is_null() && option.as_str() != Some("")) {
            let name = plain(option);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let list = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let found = self.place.node.to_json();
        let one_of = if names.len() > 1 { "be one of" } else { "be" };
        let error = self.error(format!("{} must {one_of} {list}, found {}", self.subject, self.show(&found)));
        match did_you_mean(&plain(&found), names.iter().map(String::as_str)) {
            Some(hint) if !self.secret => error.at(self.place.node.span, hint),
            _ => error,
        }
    }

    /// A key that is not named as it must be.
    pub(super) fn bad_name(&self, key: &str, span: Span, kind: &Kind) -> Diagnostic {
        let error = Diagnostic::error(format!("`{}` is no name that is allowed here", self.place.path.key(key)));
        let error = error.at(span, "");
        match kind {
            Kind::Pattern { pattern } => error.help(format!("it must match `{pattern}`")),
            Kind::MaxLength { limit } => error.help(format!("it may have at most {limit} characters")),
            _ => error,
        }
    }

    fn missing(&self, property: &Json) -> Diagnostic {
        let name = property.as_str().unwrap_or_default();
        let message = if self.place.path.to_string().is_empty() {
            format!("`{name}` must be set")
        } else {
            format!("{} must have a `{name}`", self.subject)
        };
        // The key of the object is the nearest thing that exists.
        Diagnostic::error(message).at(self.place.key, format!("`{name}` is missing here"))
    }

    fn error(&self, message: String) -> Diagnostic {
        Diagnostic::error(message).at(self.place.node.span, "")
    }

    fn show(&self, found: &Json) -> String {
        if self.secret && found.is_string() {
            return "a value that is not shown".to_owned();
        }
        match found {
            Json::Object(_) | Json::Array(_) => kind_name(found).to_owned(),
            Json::String(text) if text.chars().count() > 60 => {
                format!("`{}...`", text.chars().take(57).collect::<String>())
            }
            Json::String(text) => format!("`{text}`"),
            other => format!("`{other}`"),
        }
        .trim()
        .to_owned()
    }
}

fn kind_name(found: &Json) -> &'static str {
    match found {
        Json::Null => "",
        Json::Bool(_) => "the boolean",
        Json::Number(number) if number.is_f64() => "the number",
        Json::Number(_) => "the integer",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn types(kind: &TypeKind) -> String {
    let names: Vec<&str> = match kind {
        TypeKind::Single(one) => vec![name_of(one.as_str())],
        TypeKind::Multiple(set) => set.iter().map(|one| name_of(one.as_str())).filter(|name| *name != "null").collect(),
    };
    match names.as_slice() {
        [] => "null".to_owned(),
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

fn name_of(json_type: &str) -> &'static str {
    match json_type {
        "boolean" => "true or false",
        "integer" => "an integer",
        "number" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "an object",
        _ => "null",
    }
}

/// What the patterns of the built-in schema mean.
fn form(pattern: &str) -> Option<&'static str> {
    if pattern.contains("Ki|Mi|Gi") {
        return Some("a size such as `512Mi` or `50Gi`");
    }
    if pattern.contains("sha256:") {
        return Some("`sha256:` and 64 hexadecimal digits");
    }
    None
}

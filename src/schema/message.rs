//! One violation in our words.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::validate::Place;
use super::words::{LONGEST_PATTERN, count, cut, either, kind as kind_of, plain, show, type_names};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::yaml::Node;

/// How many of the values that are allowed a message lists.
const MAX_LISTED: usize = 50;

/// Builds the diagnostic of a violation at a place.
pub(super) struct Message<'a> {
    place: &'a Place<'a>,
    /// The path in backticks, or `the values` at the root.
    subject: String,
    /// What the schema's author wants here, as it follows "must be".
    wanted: Option<&'a str>,
}

impl<'a> Message<'a> {
    pub(super) fn new(place: &'a Place<'a>, wanted: Option<&'a str>) -> Self {
        let path = place.path.to_string();
        let subject = if path.is_empty() { "the values".to_owned() } else { format!("`{path}`") };
        Self { place, subject, wanted }
    }

    pub(super) fn violation(&self, kind: &Kind, found: &Json) -> Diagnostic {
        match kind {
            Kind::Type { kind } => self.wrong_type(&type_names(kind)),
            Kind::Enum { options } => self.alternatives(options.as_array().map_or(&[], Vec::as_slice)),
            Kind::Constant { expected_value } => self.alternatives(std::slice::from_ref(expected_value)),
            Kind::Pattern { pattern } => self.wrong_form(pattern, found),
            Kind::Required { property } => self.missing(property.as_str().unwrap_or_default()),
            Kind::UniqueItems => self.repeated(),
            Kind::Not { schema } => self.forbidden(schema, found),
            Kind::FalseSchema => Diagnostic::error(format!("{} must not be set", self.subject)).at(self.place.key, ""),
            kind => match demand(kind, self.wanted) {
                Some(demand) if self.countable(kind) => self.error(format!("{} must {demand}", self.subject)),
                Some(demand) => self.error(format!("{} must {demand}, found {}", self.subject, self.show(found))),
                None => self.error(format!("{} breaks the schema's rule `{}`", self.subject, kind.keyword())),
            },
        }
    }

    /// Whether the demand says all that there is to say.
    fn countable(&self, kind: &Kind) -> bool {
        self.place.node.as_map().is_some()
            || self.place.node.as_list().is_some()
            || matches!(kind, Kind::MinLength { limit: 1 })
    }

    pub(super) fn wrong_type(&self, types: &[&str]) -> Diagnostic {
        let found = self.place.node.to_json();
        let found = format!("{} {}", kind_of(&found), self.show(&found));
        self.error(format!("{} must be {}, found {}", self.subject, either(types), found.trim()))
    }

    /// Exactly these values are allowed.
    pub(super) fn alternatives(&self, options: &[Json]) -> Diagnostic {
        let mut known = HashSet::new();
        let told = options.iter().filter(|option| !option.is_null() && option.as_str() != Some(""));
        let names: Vec<String> = told.map(plain).filter(|name| known.insert(name.clone())).collect();
        let mut list = names.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if names.len() > MAX_LISTED {
            list.push_str(&format!(" and {} more", names.len() - MAX_LISTED));
        }
        let found = self.place.node.to_json();
        let demand = match names.len() {
            0 => "be empty".to_owned(),
            1 => format!("be {list}"),
            _ => format!("be one of {list}"),
        };
        let error = self.error(format!("{} must {demand}, found {}", self.subject, self.show(&found)));
        match did_you_mean(&plain(&found), names.iter().map(String::as_str)) {
            Some(hint) if !self.place.secret => error.at(self.place.node.span, hint),
            _ => error,
        }
    }

    pub(super) fn wrong_form(&self, pattern: &str, found: &Json) -> Diagnostic {
        let shown = self.show(found);
        match self.wanted {
            Some(wanted) => self.error(format!("{} must be {wanted}, found {shown}", self.subject)),
            None => self
                .error(format!("{} has the wrong form: {shown}", self.subject))
                .help(format!("it must match `{}`", cut(pattern, LONGEST_PATTERN))),
        }
    }

    /// A key that is not named as it must be.
    pub(super) fn bad_name(&self, key: &str, kind: &Kind) -> Diagnostic {
        let span = self.place.node.entry(key).map_or(self.place.key, |entry| entry.key);
        let error = Diagnostic::error(format!("`{}` is no name that is allowed here", self.place.path.key(key)));
        let error = error.at(span, "");
        match (kind, self.wanted) {
            (Kind::Pattern { .. }, Some(wanted)) => error.help(format!("write {wanted}")),
            (Kind::Pattern { pattern }, None) => {
                error.help(format!("it must match `{}`", cut(pattern, LONGEST_PATTERN)))
            }
            (Kind::Enum { options }, _) => {
                let names: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
                match did_you_mean(key, names.iter().map(String::as_str)) {
                    Some(hint) => error.at(span, hint),
                    None => error.help(format!("known keys here: {}", names.join(", "))),
                }
            }
            (kind, wanted) => match demand(kind, wanted) {
                Some(demand) => error.help(format!("it must {demand}")),
                None => error,
            },
        }
    }

    fn missing(&self, name: &str) -> Diagnostic {
        let message = if self.place.path.to_string().is_empty() {
            format!("`{name}` must be set")
        } else {
            format!("{} must have a `{name}`", self.subject)
        };
        // The key of the object is the nearest thing that exists.
        Diagnostic::error(message).at(self.place.key, format!("`{name}` is missing here"))
    }

    pub(super) fn missing_one_of(&self, names: &[String]) -> Diagnostic {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let message = format!("{} must have {}", self.subject, either(&names));
        Diagnostic::error(message).at(self.place.key, "one of them is missing here")
    }

    pub(super) fn no_alternative(&self) -> Diagnostic {
        self.error(format!("{} fits none of the alternatives that the schema gives", self.subject))
    }

    /// The first item that equals an earlier one, with both places.
    fn repeated(&self) -> Diagnostic {
        let items = self.place.node.as_list().unwrap_or_default();
        let message = format!("{} must not hold an item twice", self.subject);
        let mut seen: HashMap<String, &Node> = HashMap::new();
        for item in items {
            match seen.entry(same(&item.to_json())) {
                Entry::Occupied(earlier) => {
                    return Diagnostic::error(message)
                        .at(item.span, "again here")
                        .label(earlier.get().span, "first here");
                }
                Entry::Vacant(place) => {
                    place.insert(item);
                }
            }
        }
        self.error(message)
    }

    fn forbidden(&self, schema: &Json, found: &Json) -> Diagnostic {
        let keys: Vec<String> = schema
            .get("required")
            .and_then(Json::as_array)
            .map(|keys| keys.iter().filter_map(Json::as_str).map(|key| format!("`{key}`")).collect())
            .unwrap_or_default();
        match keys.as_slice() {
            [] => self.error(format!("{} must not be {} here", self.subject, self.show(found))),
            [key] => self.error(format!("{} must not have {key} here", self.subject)),
            keys => self.error(format!("{} must not have {} together", self.subject, keys.join(" and "))),
        }
    }

    fn error(&self, message: String) -> Diagnostic {
        Diagnostic::error(message).at(self.place.node.span, "")
    }

    fn show(&self, found: &Json) -> String {
        let hidden = self.place.secret && (found.is_string() || found.is_number());
        if hidden { "a value that is not shown".to_owned() } else { show(found) }
    }
}

/// A text that values have in common when JSON schemas take them for the same.
fn same(value: &Json) -> String {
    match value {
        Json::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()),
        Json::Array(items) => format!("[{}]", items.iter().map(same).collect::<Vec<_>>().join(",")),
        Json::Object(map) => {
            let mut pairs: Vec<String> =
                map.iter().map(|(key, value)| format!("{}:{}", Json::from(key.as_str()), same(value))).collect();
            pairs.sort_unstable();
            format!("{{{}}}", pairs.join(","))
        }
        other => other.to_string(),
    }
}

/// What a keyword demands, as it follows "must"; nothing for keywords that are told in another way.
fn demand(kind: &Kind, wanted: Option<&str>) -> Option<String> {
    Some(match kind {
        Kind::Minimum { limit } => format!("be at least {limit}"),
        Kind::Maximum { limit } => format!("be at most {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("be more than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("be less than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("be a multiple of {multiple_of}"),
        Kind::MinLength { limit: 1 } | Kind::MinItems { limit: 1 } | Kind::MinProperties { limit: 1 } => {
            "not be empty".to_owned()
        }
        Kind::MinLength { limit } => format!("have at least {}", count(*limit, "character")),
        Kind::MaxLength { limit } => format!("have at most {}", count(*limit, "character")),
        Kind::MinItems { limit } => format!("have at least {}", count(*limit, "item")),
        Kind::MaxItems { limit } => format!("have at most {}", count(*limit, "item")),
        Kind::AdditionalItems { limit } => format!("have at most {}", count(*limit as u64, "item")),
        Kind::MinProperties { limit } => format!("have at least {}", count(*limit, "key")),
        Kind::MaxProperties { limit } => format!("have at most {}", count(*limit, "key")),
        Kind::Contains => "hold an item that fits the schema's `contains`".to_owned(),
        Kind::UnevaluatedItems { .. } => "have no items that the schema does not know".to_owned(),
        Kind::OneOfMultipleValid { .. } => "fit only one of the schema's alternatives and fits several".to_owned(),
        Kind::Format { format } => {
            wanted.map_or_else(|| format!("be a valid {format}"), |wanted| format!("be {wanted}"))
        }
        Kind::ContentEncoding { content_encoding } => format!("be text in {content_encoding}"),
        Kind::FromUtf8 { .. } => "be UTF-8 text once it is decoded".to_owned(),
        Kind::ContentMediaType { content_media_type } => format!("be text of the type {content_media_type}"),
        Kind::Type { kind } => format!("be {}", either(&type_names(kind))),
        Kind::FalseSchema => "not be set".to_owned(),
        Kind::Constant { expected_value } => format!("be {}", show(expected_value)),
        // Told by `violation` and `explain` in their own way, or (the last line) a rule that could not be run.
        Kind::Enum { .. }
        | Kind::Pattern { .. }
        | Kind::Required { .. }
        | Kind::UniqueItems
        | Kind::Not { .. }
        | Kind::AnyOf { .. }
        | Kind::OneOfNotValid { .. }
        | Kind::PropertyNames { .. }
        | Kind::AdditionalProperties { .. }
        | Kind::UnevaluatedProperties { .. }
        | Kind::BacktrackLimitExceeded { .. }
        | Kind::RegexEngineFailure { .. }
        | Kind::Custom { .. }
        | Kind::Referencing(_) => return None,
    })
}

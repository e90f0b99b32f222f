//! Of several alternatives that all fail, the one that the user most likely meant.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

/// What to tell of failed alternatives.
pub(super) enum Best<'a> {
    /// All alternatives are single values: name them all.
    Alternatives(Vec<Json>),
    /// The violations of the branch that came closest.
    Branch(&'a [ValidationError<'static>]),
}

/// Chooses what to tell: values when every branch is one, else the branch whose type fits and that fails deepest.
pub(super) fn best<'a>(context: &'a [Vec<ValidationError<'static>>]) -> Best<'a> {
    let mut options = Vec::new();
    let all_values = context.iter().all(|branch| match branch.as_slice() {
        [error] => match error.kind() {
            Kind::Constant { expected_value } => {
                options.push((**expected_value).clone());
                true
            }
            Kind::Enum { options: list } => {
                options.extend(list.as_array().into_iter().flatten().cloned());
                true
            }
            // `null` beside an enumeration means "not set"; nobody needs to read of it.
            Kind::Type { .. } => error.schema_path().as_str().contains("/anyOf/"),
            _ => false,
        },
        _ => false,
    });
    if all_values && !options.is_empty() {
        return Best::Alternatives(options);
    }
    let score = |branch: &&Vec<ValidationError<'static>>| {
        let wrong_type = branch.iter().any(|error| matches!(error.kind(), Kind::Type { .. }));
        let depth = branch.iter().map(|error| error.instance_path().iter().count()).max().unwrap_or(0);
        (!wrong_type, depth, std::cmp::Reverse(branch.len()))
    };
    match context.iter().max_by_key(score) {
        Some(branch) => Best::Branch(branch),
        None => Best::Branch(&[]),
    }
}

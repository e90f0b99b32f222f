//! Of several alternatives that all fail, the one that the user most likely meant.

use std::cmp::Reverse;
use std::collections::HashSet;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::Value as Json;

use super::words::type_names;

type Branch = Vec<ValidationError<'static>>;

/// What to tell of failed alternatives.
pub(super) enum Best<'a> {
    /// All alternatives are single values: name them all.
    Values(Vec<Json>),
    /// The value is of no kind that any alternative takes: name the kinds.
    Types(Vec<&'static str>),
    /// Each alternative only misses a key: name the keys.
    Keys(Vec<String>),
    /// The violations of the branch that came closest.
    Branch(&'a [ValidationError<'static>]),
}

/// The violations worth telling: a value outside a list of values is not also told to be of the wrong kind.
pub(super) fn telling<'e, 'a>(errors: &'e [ValidationError<'a>]) -> impl Iterator<Item = &'e ValidationError<'a>> {
    let place = |error: &ValidationError<'_>| {
        let rule = error.schema_path().as_str().rsplit_once('/').map(|(at, _)| at.to_owned());
        (error.instance_path().as_str().to_owned(), rule)
    };
    let of_values = |error: &&ValidationError<'_>| matches!(error.kind(), Kind::Enum { .. } | Kind::Constant { .. });
    let listed: HashSet<_> = errors.iter().filter(of_values).map(place).collect();
    errors.iter().filter(move |error| !(is_type(error) && listed.contains(&place(error))))
}

/// Chooses what to tell of the alternatives for the value at `path`.
pub(super) fn best<'a>(context: &'a [Branch], path: &str) -> Best<'a> {
    if let Some(values) = values(context) {
        return Best::Values(values);
    }
    if let Some(types) = types(context, path) {
        return Best::Types(types);
    }
    if let Some(keys) = keys(context, path) {
        return Best::Keys(keys);
    }
    // The first of equals, in the schema's order.
    let closest = context.iter().min_by_key(|branch| distance(branch, path));
    Best::Branch(closest.map_or(&[], Vec::as_slice))
}

/// How far a branch is from fitting: another kind of value, another variant, then the number of faults; of equals, the
/// one whose faults lie deepest understood most of the value.
fn distance(branch: &Branch, path: &str) -> (bool, bool, usize, Reverse<usize>) {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().matches('/').count();
    let base = path.matches('/').count();
    let other_kind = branch.iter().any(|error| depth(error) == base && is_type(error));
    // A key such as `type` that must hold one value tells variants apart.
    let single = |error: &ValidationError<'_>| matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. });
    let other_variant = branch.iter().any(|error| depth(error) == base + 1 && single(error));
    let faults = branch.iter().map(|error| match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => unexpected.len(),
        _ => 1,
    });
    let deepest = branch.iter().map(depth).max().unwrap_or(0);
    (other_kind, other_variant, faults.sum(), Reverse(deepest))
}

fn is_type(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Type { .. })
}

/// Only null says nothing to choose: it means that the value may be left out.
fn only_null(error: &ValidationError<'_>) -> bool {
    matches!(error.kind(), Kind::Type { kind } if type_names(kind) == ["null"])
}

fn values(context: &[Branch]) -> Option<Vec<Json>> {
    let mut all = Vec::new();
    for branch in context {
        let mut errors = telling(branch);
        let (Some(error), None) = (errors.next(), errors.next()) else { return None };
        match error.kind() {
            Kind::Constant { expected_value } => all.push((**expected_value).clone()),
            Kind::Enum { options } => all.extend(options.as_array().into_iter().flatten().cloned()),
            _ if only_null(error) => {}
            _ => return None,
        }
    }
    (!all.is_empty()).then_some(all)
}

fn types(context: &[Branch], path: &str) -> Option<Vec<&'static str>> {
    let mut all = Vec::new();
    for branch in context {
        let Kind::Type { kind } = branch.iter().find(|e| e.instance_path().as_str() == path && is_type(e))?.kind()
        else {
            return None;
        };
        all.extend(type_names(kind).into_iter().filter(|name| *name != "null" || context.len() == 1));
    }
    let mut unique = Vec::new();
    for name in all {
        if !unique.contains(&name) {
            unique.push(name);
        }
    }
    (!unique.is_empty()).then_some(unique)
}

fn keys(context: &[Branch], path: &str) -> Option<Vec<String>> {
    let key = |branch: &Branch| match branch.as_slice() {
        [error] if error.instance_path().as_str() == path => match error.kind() {
            Kind::Required { property } => property.as_str().map(str::to_owned),
            _ => None,
        },
        _ => None,
    };
    context.iter().map(key).collect::<Option<Vec<_>>>().filter(|keys| keys.len() > 1)
}

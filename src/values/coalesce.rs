//! Filling what values leave open with defaults, by Helm's rules: maps are filled recursively, everything else stays,
//! null deletes a default.

use super::ValuePath;
use crate::diagnostic::Diagnostic;
use crate::yaml::{Mapping, Value};

/// What a null does to the default that it meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nulls {
    /// It deletes the default and goes itself; a null that meets no default, or a null, stays.
    Delete,
    /// It stays, so that it can delete what a later step brings: the defaults of a subchart.
    Keep,
}

/// Fills `values` with `defaults`. A map against something else is reported with both places, and `values` wins.
pub fn coalesce_tables(
    values: &mut Mapping,
    defaults: Mapping,
    nulls: Nulls,
    path: &ValuePath,
    warnings: &mut Vec<Diagnostic>,
) {
    for (key, default) in defaults {
        let Some(entry) = values.get_mut(&key) else {
            values.insert(key, default);
            continue;
        };
        if entry.node.is_null() {
            if nulls == Nulls::Delete && !default.node.is_null() {
                values.shift_remove(&key);
            }
            continue;
        }
        let below = path.key(&key);
        match (&mut entry.node.value, default.node.value) {
            (Value::Map(values), Value::Map(defaults)) => coalesce_tables(values, defaults, nulls, &below, warnings),
            (_, Value::Null) => {}
            (value, default_value) if matches!(value, Value::Map(_)) != matches!(default_value, Value::Map(_)) => {
                let message = format!("`{below}` is {}, the chart has {}", value.kind(), default_value.kind());
                warnings.push(
                    Diagnostic::warning(message)
                        .of_rule("VAL006")
                        .at(entry.node.span, "this one is used")
                        .label(default.node.span, "the default that it replaces"),
                );
            }
            _ => {}
        }
    }
}

/// Drops the nulls of defaults, which would delete nothing; nulls inside lists stay.
pub fn clean_nulls(map: &mut Mapping) {
    map.retain(|_, entry| !entry.node.is_null());
    for entry in map.values_mut() {
        if let Value::Map(below) = &mut entry.node.value {
            clean_nulls(below);
        }
    }
}

/// The value at a path of keys; nothing when a step is no map or lacks the key.
pub fn at_path<'a>(map: &'a Mapping, path: &str) -> Option<&'a crate::yaml::Node> {
    let mut steps = path.split('.');
    let first = &map.get(steps.next()?)?.node;
    steps.try_fold(first, |node, key| node.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{Sources, Span};
    use crate::yaml::{Limits, Node, read};

    fn map(text: &str) -> Mapping {
        let mut sources = Sources::default();
        let id = sources.add("v", text);
        let root = read(&sources, id, Limits::default()).expect("valid").documents.remove(0);
        let Value::Map(map) = root.value else { panic!("a map") };
        map
    }

    fn merged(defaults: &str, user: &str, nulls: Nulls) -> (String, usize) {
        let (mut values, mut warnings) = (map(user), Vec::new());
        coalesce_tables(&mut values, map(defaults), nulls, &ValuePath::root(), &mut warnings);
        let root = Node::new(Value::Map(values), Span::new(Sources::default().add("", ""), 0..0));
        (crate::yaml::write(&root.to_json()).replace('\n', ";"), warnings.len())
    }

    #[test]
    fn maps_merge_and_lists_replace() {
        assert_eq!(
            merged("a: {x: 1, l: [1, 2]}", "a: {z: 3, l: [9]}", Nulls::Delete).0,
            "a:;  l:;  - 9;  x: 1;  z: 3;"
        );
    }

    #[test]
    fn null_deletes_a_default_or_waits_for_a_later_one() {
        assert_eq!(merged("b: {c: 2, d: 3}", "b: {c: null}", Nulls::Delete).0, "b:;  d: 3;");
        assert_eq!(merged("b: {c: 2, d: 3}", "b: {c: null}", Nulls::Keep).0, "b:;  c: null;  d: 3;");
        assert_eq!(merged("b: {d: 3}", "b: {c: null}", Nulls::Delete).0, "b:;  c: null;  d: 3;");
    }

    #[test]
    fn a_map_against_a_scalar_is_a_warning_and_the_user_wins() {
        assert_eq!(merged("a: {x: 1}", "a: 5", Nulls::Delete), ("a: 5;".into(), 1));
        assert_eq!(merged("a: 5", "a: {x: 1}", Nulls::Delete), ("a:;  x: 1;".into(), 1));
    }
}

//! Helm's merging of values: maps merge, everything else replaces, null deletes a default.

use indexmap::map::Entry as Slot;

use super::ValuePath;
use crate::diagnostic::Diagnostic;
use crate::yaml::{Entry, Mapping, Node, Value};

/// Lays `over` onto `base` the way Helm merges `-f` files: nulls stay nulls, so that they can delete a default later.
pub fn overlay(base: &mut Mapping, over: Mapping) {
    for (key, entry) in over {
        match base.entry(key) {
            Slot::Vacant(slot) => {
                slot.insert(entry);
            }
            Slot::Occupied(mut slot) => match (&mut slot.get_mut().node.value, entry.node.value) {
                (Value::Map(below), Value::Map(above)) => overlay(below, above),
                (_, value) => {
                    slot.insert(Entry { key: entry.key, node: Node::new(value, entry.node.span) });
                }
            },
        }
    }
}

/// Fills what `values` leaves open with `defaults`; a null in `values` deletes the default.
///
/// The user always wins; a map against something else is reported as a warning, with both places.
pub fn coalesce(values: &mut Mapping, defaults: Mapping, path: &ValuePath, warnings: &mut Vec<Diagnostic>) {
    for (key, default) in defaults {
        let below = path.key(&key);
        let Some(entry) = values.get_mut(&key) else {
            values.insert(key, default);
            continue;
        };
        if entry.node.is_null() {
            values.shift_remove(&key);
            continue;
        }
        match (&mut entry.node.value, default.node.value) {
            (Value::Map(user), Value::Map(rest)) => coalesce(user, rest, &below, warnings),
            (user, rest) if matches!(user, Value::Map(_)) != matches!(rest, Value::Map(_)) => {
                warnings.push(
                    Diagnostic::warning(format!("`{below}` is {}, the chart has {}", user.kind(), rest.kind()))
                        .at(entry.node.span, "this one is used")
                        .label(default.node.span, "the default that it replaces"),
                );
            }
            _ => {}
        }
    }
}

/// Drops nulls from a chart's own values, as Helm 4.2 does; nulls inside lists stay.
pub fn clean_nulls(map: &mut Mapping) {
    map.retain(|_, entry| !entry.node.is_null());
    for entry in map.values_mut() {
        if let Value::Map(below) = &mut entry.node.value {
            clean_nulls(below);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;
    use crate::yaml::{Limits, read};

    fn map(text: &str) -> Mapping {
        let mut sources = Sources::default();
        let id = sources.add("v", text);
        let root = read(&sources, id, Limits::default()).expect("valid").documents.remove(0);
        let Value::Map(map) = root.value else { panic!("a map") };
        map
    }

    fn merged(defaults: &str, user: &str) -> (String, usize) {
        let (mut values, mut defaults, mut warnings) = (map(user), map(defaults), Vec::new());
        clean_nulls(&mut defaults);
        coalesce(&mut values, defaults, &ValuePath::root(), &mut warnings);
        let root = Node::new(Value::Map(values), crate::diagnostic::Span::new(Sources::default().add("", ""), 0..0));
        (crate::yaml::write(&root.to_json()).replace('\n', ";"), warnings.len())
    }

    #[test]
    fn maps_merge_and_lists_replace() {
        assert_eq!(merged("a: {x: 1, l: [1, 2]}", "a: {z: 3, l: [9]}").0, "a:;  l:;  - 9;  x: 1;  z: 3;");
    }

    #[test]
    fn null_in_a_values_file_deletes_the_default() {
        assert_eq!(merged("a: 1\nb: {c: 2, d: 3}", "a: null\nb: {c: null}").0, "b:;  d: 3;");
    }

    #[test]
    fn null_in_the_charts_own_values_is_no_key_at_all() {
        assert_eq!(merged("a: null\nb: {c: null, d: 1}", "b: {c: null}").0, "b:;  c: null;  d: 1;");
    }

    #[test]
    fn a_map_against_a_scalar_is_a_warning_and_the_user_wins() {
        assert_eq!(merged("a: {x: 1}", "a: 5"), ("a: 5;".into(), 1));
        assert_eq!(merged("a: 5", "a: {x: 1}"), ("a:;  x: 1;".into(), 1));
    }
}

//! Two values, field by field.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::list_keys;
use super::path::{Path, Step};

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Where.
    pub path: Path,
    /// What was there; nothing when it is added.
    pub old: Option<Json>,
    /// What will be there; nothing when it is removed.
    pub new: Option<Json>,
    /// Whether only the order of a list changes; `old` and `new` then hold the identities in order.
    pub reordered: bool,
    /// Who made the two sides differ, where a third side tells.
    pub origin: Option<super::Origin>,
}

/// The differences of two values, in the order of the newer one.
pub fn compare(old: &Json, new: &Json) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(&Path::root(), old, new, &mut changes);
    changes
}

fn walk(path: &Path, old: &Json, new: &Json, out: &mut Vec<Change>) {
    match (old, new) {
        (Json::Object(before), Json::Object(after)) => {
            for (key, value) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
                out.push(change(path.join(Step::Key(key.clone())), Some(value), None));
            }
            for (key, value) in after {
                match before.get(key) {
                    // The paths of what is equal, which is nearly everything, are never made.
                    Some(was) if was == value => {}
                    Some(was) => walk(&path.join(Step::Key(key.clone())), was, value, out),
                    None => out.push(change(path.join(Step::Key(key.clone())), None, Some(value))),
                }
            }
        }
        (Json::Array(before), Json::Array(after)) => lists(path, before, after, out),
        _ if same_scalar(old, new) => {}
        _ => out.push(change(path.clone(), Some(old), Some(new))),
    }
}

fn change(path: Path, old: Option<&Json>, new: Option<&Json>) -> Change {
    Change { path, old: old.cloned(), new: new.cloned(), reordered: false, origin: None }
}

/// `1` and `1.0` are one number.
fn same_scalar(old: &Json, new: &Json) -> bool {
    match (old, new) {
        (Json::Number(a), Json::Number(b)) => a.as_f64() == b.as_f64(),
        _ => old == new,
    }
}

fn lists(path: &Path, before: &[Json], after: &[Json], out: &mut Vec<Change>) {
    if before == after {
        return;
    }
    let key = path.last_key();
    match list_keys::identities(key, before).zip(list_keys::identities(key, after)) {
        Some((old_names, new_names)) => by_identity(path, (before, &old_names), (after, &new_names), out),
        None => by_position(path, before, after, out),
    }
}

fn by_identity(path: &Path, old: (&[Json], &[String]), new: (&[Json], &[String]), out: &mut Vec<Change>) {
    let positions: HashMap<&str, usize> = old.1.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
    let kept: HashSet<&str> = new.1.iter().map(String::as_str).collect();
    for (index, name) in old.1.iter().enumerate().filter(|(_, name)| !kept.contains(name.as_str())) {
        out.push(change(path.join(Step::Item { name: name.clone(), index }), Some(&old.0[index]), None));
    }
    for (index, name) in new.1.iter().enumerate() {
        let here = || path.join(Step::Item { name: name.clone(), index });
        match positions.get(name.as_str()) {
            Some(at) if old.0[*at] == new.0[index] => {}
            Some(at) => walk(&here(), &old.0[*at], &new.0[index], out),
            None => out.push(change(here(), None, Some(&new.0[index]))),
        }
    }
    if list_keys::order_matters(path.last_key()) {
        let common = |names: &[String], other: &HashSet<&str>| {
            names.iter().filter(|name| other.contains(name.as_str())).cloned().map(Json::String).collect::<Vec<_>>()
        };
        let before = common(old.1, &kept);
        let after = common(new.1, &positions.keys().copied().collect());
        if before != after {
            let mut moved = change(path.clone(), Some(&Json::Array(before)), Some(&Json::Array(after)));
            moved.reordered = true;
            out.push(moved);
        }
    }
}

/// Lists of scalars and of items without identity: what is equal at both ends is passed over, and what is between is
/// compared in pairs.
fn by_position(path: &Path, before: &[Json], after: &[Json], out: &mut Vec<Change>) {
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    for (at, pair) in old.iter().zip(new).enumerate() {
        walk(&path.join(Step::Index(head + at)), pair.0, pair.1, out);
    }
    for (at, gone) in old.iter().enumerate().skip(new.len()) {
        out.push(change(path.join(Step::Index(head + at)), Some(gone), None));
    }
    for (at, added) in new.iter().enumerate().skip(old.len()) {
        out.push(change(path.join(Step::Index(head + at)), None, Some(added)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn shown(old: &Json, new: &Json) -> Vec<String> {
        let side = |value: &Option<Json>| value.as_ref().map_or("-".to_owned(), ToString::to_string);
        compare(old, new).iter().map(|c| format!("{} {} {}", c.path, side(&c.old), side(&c.new))).collect()
    }

    #[test]
    fn items_are_matched_by_what_identifies_them() {
        let old = json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b"}]});
        let new = json!({"containers": [{"name": "new"}, {"name": "a", "image": "x:2"}]});
        assert_eq!(
            shown(&old, &new),
            [
                "containers[b] {\"name\":\"b\"} -",
                "containers[new] - {\"name\":\"new\"}",
                "containers[a].image \"x:1\" \"x:2\""
            ]
        );
    }

    #[test]
    fn ports_are_matched_by_number_and_protocol() {
        let old = json!({"ports": [{"port": 5432, "protocol": "TCP"}]});
        let new = json!({"ports": [{"port": 5432, "name": "pg"}]});
        assert_eq!(shown(&old, &new), ["ports[5432/TCP].protocol \"TCP\" -", "ports[5432/TCP].name - \"pg\""]);
    }

    #[test]
    fn the_order_of_variables_is_a_difference_and_that_of_volumes_is_none() {
        let list = |names: [&str; 2]| names.map(|name| json!({"name": name}));
        let old = json!({"env": list(["a", "b"]), "volumes": list(["a", "b"])});
        let new = json!({"env": list(["b", "a"]), "volumes": list(["b", "a"])});
        let changes = compare(&old, &new);
        assert_eq!((changes.len(), changes[0].reordered, changes[0].path.to_string()), (1, true, "env".to_owned()));
    }

    #[test]
    fn a_word_inserted_into_a_command_is_one_difference() {
        let old = json!({"args": ["a", "b", "c"]});
        let new = json!({"args": ["a", "x", "b", "c"]});
        assert_eq!(shown(&old, &new), ["args[1] - \"x\""]);
    }

    fn anything() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[a-c]{0,2}".prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            let key = prop_oneof![Just("name".to_owned()), Just("env".to_owned()), "[a-c]".prop_map(String::from)];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::vec((key, inner), 0..4).prop_map(|pairs| Json::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn nothing_differs_from_itself(value in anything()) {
            prop_assert_eq!(compare(&value, &value), vec![]);
        }

        #[test]
        fn what_is_unequal_has_a_difference(a in anything(), b in anything()) {
            let volumes = |value: &Json| value.to_string().contains("name");
            if a != b && !volumes(&a) {
                prop_assert!(!compare(&a, &b).is_empty());
            }
        }
    }
}

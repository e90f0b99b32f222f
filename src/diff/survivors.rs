//! What others than the applier wrote into an object: an apply leaves it alone.

use serde_json::{Map, Value as Json};

use super::list_keys;
use super::managed::{self, Model};
use super::path::{Path, Step};

/// The three sides of an object and the apply that was modelled; all but `live` in normal form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sides<'a> {
    /// As it is, with its managed fields.
    pub live: &'a Json,
    /// As it is.
    pub old: &'a Json,
    /// As it will be.
    pub new: &'a Json,
    /// As it was applied last.
    pub last: Option<&'a Json>,
    /// Which apply.
    pub model: &'a Model,
}

/// The fields that are there before and after and that the applier never wrote, with who did.
pub(super) fn survivors(sides: Sides<'_>, normal: impl Fn(Json) -> Json) -> Vec<(Path, String)> {
    let mut found = Vec::new();
    for foreign in managed::foreign(sides.live, sides.model) {
        for (path, value) in fields(foreign.part, sides.live, &normal) {
            let there = |side: &Json| path.find(side).is_some_and(|found| *found == value);
            let applied = sides.last.is_some_and(|last| path.find(last).is_some());
            if !applied && there(sides.old) && there(sides.new) {
                found.push((path, foreign.manager.clone()));
            }
        }
    }
    found
}

/// The scalars of a part of an object, in normal form, and the lists whose items nothing identifies.
pub(super) fn fields(mut part: Json, whole: &Json, normal: impl Fn(Json) -> Json) -> Vec<(Path, Json)> {
    const NAMES: [&str; 2] = ["apiVersion", "kind"];
    if let Some(map) = part.as_object_mut() {
        // Normal form depends on what the object is.
        map.extend(NAMES.iter().filter_map(|key| Some(((*key).to_owned(), whole.get(key)?.clone()))));
    }
    let mut part = normal(part);
    if let Some(map) = part.as_object_mut() {
        map.retain(|key, _| !NAMES.contains(&key.as_str()));
    }
    let mut found = Vec::new();
    leaves(&Path::root(), part, &mut found);
    found
}

fn leaves(path: &Path, value: Json, found: &mut Vec<(Path, Json)>) {
    match value {
        Json::Object(map) if !map.is_empty() => below(path, map, |_| true, found),
        Json::Array(items) => match list_keys::identities(path.last_key(), &items) {
            None => found.push((path.clone(), Json::Array(items))),
            Some(names) => {
                let list = path.last_key().to_owned();
                for ((index, item), name) in items.into_iter().enumerate().zip(names) {
                    let Json::Object(map) = item else { continue };
                    let item = path.join(Step::Item { name, index });
                    // What names an item is in the path already.
                    below(&item, map, |key| !list_keys::names(&list, key), found);
                }
            }
        },
        leaf => found.push((path.clone(), leaf)),
    }
}

fn below(path: &Path, map: Map<String, Json>, wanted: impl Fn(&str) -> bool, found: &mut Vec<(Path, Json)>) {
    for (key, value) in map.into_iter().filter(|(key, _)| wanted(key)) {
        leaves(&path.join(Step::Key(key)), value, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_inside_of_named_items_are_told_one_by_one() {
        let part = json!({"spec": {"replicas": 3, "containers": [{"name": "a", "resources": {"limits": {"cpu": "1"}}}], "args": ["x"]}});
        let found = fields(part, &json!({"kind": "Pod"}), |part| part);
        let paths: Vec<String> = found.iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(paths, ["spec.replicas", "spec.containers[a].resources.limits.cpu", "spec.args"]);
    }
}

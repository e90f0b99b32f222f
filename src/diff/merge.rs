//! What an apply makes of three sides: the object as rendered, as last applied and as it is. Either as the object that
//! comes out, or as the patch that `kubectl apply` sends.
//!
//! Source: Kubernetes documentation, "Declarative Management of Kubernetes Objects Using Configuration Files", "How apply
//! calculates differences and merges changes"; the directives are those of strategic merge patches.

use serde_json::{Map, Value as Json, json};

use super::list_keys;

/// The three sides of an apply; all in normal form.
#[derive(Clone, Copy, Debug)]
pub struct Sides<'a> {
    /// What the chart renders.
    pub rendered: &'a Json,
    /// What was applied last, when that is known.
    pub last: Option<&'a Json>,
    /// What is there.
    pub live: &'a Json,
}

/// The object that an apply leaves: what is rendered over what is there, without what was applied and is rendered no
/// more. What only the live object has stays.
pub fn predict(sides: Sides<'_>) -> Json {
    merged(sides.live, sides.last, sides.rendered, "")
}

fn merged(live: &Json, last: Option<&Json>, new: &Json, key: &str) -> Json {
    match (live, new) {
        (Json::Object(is), Json::Object(wanted)) => {
            let was = last.and_then(Json::as_object);
            let mut result = is.clone();
            for gone in was.into_iter().flat_map(Map::keys).filter(|name| !wanted.contains_key(*name)) {
                result.shift_remove(gone);
            }
            for (name, value) in wanted {
                let value = match is.get(name) {
                    Some(current) => merged(current, was.and_then(|was| was.get(name)), value, name),
                    None => value.clone(),
                };
                result.insert(name.clone(), value);
            }
            Json::Object(result)
        }
        (Json::Array(is), Json::Array(wanted)) => Json::Array(lists(is, last.and_then(Json::as_array), wanted, key)),
        _ => new.clone(),
    }
}

fn lists(live: &[Json], last: Option<&Vec<Json>>, new: &[Json], key: &str) -> Vec<Json> {
    let last = last.map_or(&[][..], Vec::as_slice);
    let Some(names) = list_keys::identities(key, new) else {
        if live.len() != new.len() {
            return new.to_vec();
        }
        // The server's defaults in items that nothing identifies.
        return live
            .iter()
            .zip(new)
            .enumerate()
            .map(|(at, (is, wanted))| merged(is, last.get(at), wanted, key))
            .collect();
    };
    let by_name = |list: &[Json], name: &str| {
        list.iter().position(|item| list_keys::identity(key, item).as_deref() == Some(name))
    };
    let mut result: Vec<Json> = names
        .iter()
        .zip(new)
        .map(|(name, wanted)| match by_name(live, name) {
            Some(at) => merged(&live[at], by_name(last, name).map(|at| &last[at]), wanted, key),
            None => wanted.clone(),
        })
        .collect();
    if list_keys::merge_key(key, new).is_some() {
        let stays = |item: &&Json| {
            let name = list_keys::identity(key, item);
            name.is_some_and(|name| !names.contains(&name) && by_name(last, &name).is_none())
        };
        result.extend(live.iter().filter(stays).cloned());
    }
    result
}

/// Which patch the server takes for a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    /// Built-in kinds: lists are merged by their keys.
    Strategic,
    /// Custom resources: RFC 7386, lists are replaced.
    Merge,
}

/// The patch of a client-side apply; nothing when the object is as it should be.
pub fn patch(sides: Sides<'_>, kind: PatchKind) -> Option<Json> {
    map_patch(sides.live, sides.last, sides.rendered, ("", kind))
}

fn map_patch(live: &Json, last: Option<&Json>, new: &Json, (key, kind): (&str, PatchKind)) -> Option<Json> {
    let (Json::Object(is), Json::Object(wanted)) = (live, new) else {
        return (live != new).then(|| new.clone());
    };
    let was = last.and_then(Json::as_object);
    let mut patch = Map::new();
    for gone in was.into_iter().flat_map(Map::keys).filter(|name| !wanted.contains_key(*name) && is.contains_key(*name))
    {
        patch.insert(gone.clone(), Json::Null);
    }
    for (name, value) in wanted {
        let before = was.and_then(|was| was.get(name));
        match (is.get(name), value) {
            (None, _) => drop(patch.insert(name.clone(), value.clone())),
            (Some(Json::Array(is)), Json::Array(wanted)) if kind == PatchKind::Strategic => {
                list_patch((is, before.and_then(Json::as_array), wanted), name, &mut patch);
            }
            (Some(current), _) => {
                if let Some(inner) = map_patch(current, before, value, (name, kind)) {
                    patch.insert(name.clone(), inner);
                }
            }
        }
    }
    // One of several: the server clears what the list does not name (`patchStrategy: retainKeys`).
    if kind == PatchKind::Strategic && key == "strategy" && !patch.is_empty() {
        patch.insert("$retainKeys".to_owned(), wanted.keys().cloned().collect());
    }
    (!patch.is_empty()).then_some(Json::Object(patch))
}

type ListSides<'a> = (&'a [Json], Option<&'a Vec<Json>>, &'a [Json]);

fn list_patch((live, last, new): ListSides<'_>, name: &str, patch: &mut Map<String, Json>) {
    if live == new {
        return;
    }
    let key = list_keys::merge_key(name, new).or_else(|| list_keys::merge_key(name, live));
    let Some(key) = key.filter(|key| new.iter().all(|item| item.get(key).is_some())) else {
        patch.insert(name.to_owned(), Json::Array(new.to_vec()));
        return;
    };
    let find = |list: &[Json], value: &Json| list.iter().position(|item| item.get(key) == Some(value));
    let last = last.map_or(&[][..], Vec::as_slice);
    let mut items = Vec::new();
    for wanted in new {
        let id = &wanted[key];
        let Some(at) = find(live, id) else {
            items.push(wanted.clone());
            continue;
        };
        let before = find(last, id).map(|at| &last[at]);
        if let Some(Json::Object(inner)) = map_patch(&live[at], before, wanted, ("", PatchKind::Strategic)) {
            let mut item = Map::new();
            item.insert(key.to_owned(), id.clone());
            item.extend(inner);
            if let Some(wanted) = wanted.as_object().filter(|_| name == "volumes") {
                item.insert("$retainKeys".to_owned(), wanted.keys().cloned().collect());
            }
            items.push(Json::Object(item));
        }
    }
    for gone in last.iter().filter_map(|item| item.get(key)) {
        if find(new, gone).is_none() && find(live, gone).is_some() {
            items.push(json!({"$patch": "delete", key: gone}));
        }
    }
    let order = |list: &[Json]| list.iter().filter_map(|item| item.get(key)).cloned().collect::<Vec<_>>();
    let (is, wanted) = (order(live), order(new));
    let common: Vec<&Json> = is.iter().filter(|id| wanted.contains(id)).collect();
    if items.is_empty() && common.iter().copied().eq(wanted.iter()) {
        return;
    }
    let ids: Vec<Json> = wanted.into_iter().map(|id| json!({key: id})).collect();
    patch.insert(format!("$setElementOrder/{name}"), Json::Array(ids));
    if !items.is_empty() {
        patch.insert(name.to_owned(), Json::Array(items));
    }
}

/// Whether everything that `part` says is also said by `whole`.
pub(super) fn covers(whole: &Json, part: &Json, key: &str) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(name, value)| whole.get(name).is_some_and(|whole| covers(whole, value, name)))
        }
        (Json::Array(whole), Json::Array(part)) => match list_keys::identities(key, part) {
            Some(names) => names.iter().zip(part).all(|(name, item)| {
                let same = whole.iter().find(|one| list_keys::identity(key, one).as_ref() == Some(name));
                same.is_some_and(|whole| covers(whole, item, key))
            }),
            None => whole.len() == part.len() && whole.iter().zip(part).all(|(whole, part)| covers(whole, part, key)),
        },
        _ => whole == part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn containers(image: &str) -> Json {
        json!({"spec": {"containers": [{"name": "pg", "image": image}]}})
    }

    #[test]
    fn what_only_the_live_object_has_survives_and_what_was_applied_goes() {
        let live = json!({"a": 1, "manual": 2, "old": 3, "spec": {"containers": [
            {"name": "pg", "image": "x:1", "pullPolicy": "Always"}, {"name": "injected"}, {"name": "gone"}]}});
        let last =
            json!({"a": 1, "old": 3, "spec": {"containers": [{"name": "pg", "image": "x:1"}, {"name": "gone"}]}});
        let rendered = json!({"a": 1, "spec": {"containers": [{"name": "pg", "image": "x:2"}]}});
        let sides = Sides { rendered: &rendered, last: Some(&last), live: &live };
        let expected = json!({"a": 1, "manual": 2, "spec": {"containers": [
            {"name": "pg", "image": "x:2", "pullPolicy": "Always"}, {"name": "injected"}]}});
        assert_eq!(predict(sides), expected);
        let expected = json!({"old": null, "spec": {
            "$setElementOrder/containers": [{"name": "pg"}],
            "containers": [{"name": "pg", "image": "x:2"}, {"$patch": "delete", "name": "gone"}]}});
        assert_eq!(patch(sides, PatchKind::Strategic), Some(expected));
    }

    #[test]
    fn a_volume_that_becomes_another_kind_keeps_only_its_new_keys() {
        let live = json!({"volumes": [{"name": "data", "emptyDir": {}}]});
        let rendered = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "x"}}]});
        let sides = Sides { rendered: &rendered, last: Some(&live), live: &live };
        let sent = patch(sides, PatchKind::Strategic).expect("a patch");
        assert_eq!(sent["volumes"][0]["$retainKeys"], json!(["name", "persistentVolumeClaim"]));
        assert_eq!(sent["volumes"][0]["emptyDir"], Json::Null);
    }

    #[test]
    fn lists_of_custom_resources_are_replaced() {
        let (live, rendered) = (containers("x:1"), containers("x:2"));
        let sides = Sides { rendered: &rendered, last: None, live: &live };
        assert_eq!(patch(sides, PatchKind::Merge), Some(rendered.clone()));
        assert_eq!(patch(Sides { live: &rendered, ..sides }, PatchKind::Merge), None);
    }
}

//! Two sets of manifests, without a cluster.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value as Json;

use super::managed::{self, Model};
use super::merge::{self, Sides};
use super::normalise::normal;
use super::object::{Object, ObjectId, is_live};
use super::outcome::{Findings, Outcome, Verdict};

/// Pairs what is rendered with what was there before. Objects that were saved from a cluster (`kubectl get -o yaml`) are
/// treated as live ones: what the server added to them is no difference.
pub fn against(rendered: Vec<Object>, before: Vec<Object>) -> Findings {
    let mut old: HashMap<ObjectId, Object> = HashMap::with_capacity(before.len());
    let mut order = Vec::with_capacity(before.len());
    for object in before {
        order.push(object.id.clone());
        old.insert(object.id.clone(), object);
    }
    let mut outcomes: Vec<Outcome> = rendered
        .into_iter()
        .map(|object| {
            let found = old.remove(&object.id);
            outcome(object, found)
        })
        .collect();
    for object in order.into_iter().filter_map(|id| old.remove(&id)) {
        let verdict = if object.id.kind == "PersistentVolumeClaim" && is_live(&object.json) {
            Verdict::Retained("it holds data, and nothing that is rendered deletes it".to_owned())
        } else {
            Verdict::Prune
        };
        outcomes.push(Outcome { live: Some(object.json), source: object.source, ..Outcome::new(object.id, verdict) });
    }
    Findings { outcomes, notes: Vec::new() }
}

/// One side may leave out the namespace that the other names.
fn agree_on_namespace(one: &mut Arc<Json>, other: &Json) {
    let namespace = |json: &Json| json.pointer("/metadata/namespace").cloned();
    if namespace(one).is_none()
        && let Some(namespace) = namespace(other)
        && let Some(Json::Object(metadata)) = Arc::make_mut(one).get_mut("metadata")
    {
        metadata.insert("namespace".to_owned(), namespace);
    }
}

fn outcome(mut object: Object, mut found: Option<Object>) -> Outcome {
    if let Some(found) = found.as_mut().filter(|found| !Arc::ptr_eq(&found.json, &object.json)) {
        agree_on_namespace(&mut object.json, &found.json);
        agree_on_namespace(&mut found.json, &object.json);
    }
    let verdict = Verdict::New { result: Arc::clone(&object.json), unvalidated: None };
    let mut new = Outcome { rendered: Some(Arc::clone(&object.json)), ..Outcome::new(object.id, verdict) };
    new.source = object.source;
    let Some(found) = found else { return new };
    if !is_live(&found.json) || is_live(&object.json) {
        new.verdict = Verdict::Calculated(object.json);
        new.live = Some(found.json);
        return new;
    }
    let model = managed::model(&found.json);
    new.last = match &model {
        Model::ServerSide { manager } => managed::applied_by(&found.json, manager),
        _ => managed::last_applied(&found.json),
    };
    let last = new.last.as_ref().map(normal);
    let sides = Sides { rendered: &normal(&object.json), last: last.as_ref(), live: &normal(&found.json) };
    new.verdict = Verdict::Calculated(Arc::new(merge::predict(sides)));
    new.live = Some(found.json);
    new.model = Some(model);
    new.approximate = Some("no server was asked".to_owned());
    new
}

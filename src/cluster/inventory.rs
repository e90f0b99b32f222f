//! What is in the cluster of a release that is rendered no more.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use serde_json::Value as Json;

use super::discovery::{Kinds, Resource};
use super::{CONCURRENCY, Cluster, Failure, Plan};
use crate::diff::{Findings, Model, ObjectId, Outcome, Verdict, model};

/// Kinds that controllers make and clean up by themselves.
const CONTROLLED: &[&str] = &[
    "Binding",
    "ComponentStatus",
    "ControllerRevision",
    "Endpoints",
    "EndpointSlice",
    "Event",
    "IPAddress",
    "Lease",
    "Node",
    "NodeMetrics",
    "Pod",
    "PodMetrics",
    "ReplicaSet",
    "VolumeAttachment",
];

/// The label that names a release.
const INSTANCE: &str = "app.kubernetes.io/instance";
/// The label that names the tool which applies an object.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// The label of the members of an `ApplySet`, by which `kubectl apply --prune` finds them.
const PART_OF: &str = "applyset.kubernetes.io/part-of";

/// Whose objects are looked for, and where.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    name: String,
    selectors: Vec<String>,
    namespaces: BTreeSet<String>,
    /// What the release's own objects say of the tool that applies them.
    tools: BTreeSet<String>,
    known: HashSet<ObjectId>,
}

impl Owner {
    /// The owner of these objects.
    pub(super) fn of(outcomes: &[Outcome], plan: &Plan) -> Self {
        let labels = |json: &Json, name: &str| json.pointer("/metadata/labels")?.get(name)?.as_str().map(str::to_owned);
        let rendered = || outcomes.iter().filter_map(|outcome| outcome.rendered.as_ref());
        let live = outcomes.iter().filter_map(|outcome| outcome.live.as_ref());
        let sets: BTreeSet<String> = live.filter_map(|json| labels(json, PART_OF)).collect();
        let own = format!("{INSTANCE}={}", plan.name);
        let namespaces = outcomes.iter().map(|outcome| outcome.id.namespace.clone()).filter(|name| !name.is_empty());
        Self {
            name: plan.name.clone(),
            selectors: [own].into_iter().chain(sets.iter().map(|set| format!("{PART_OF}={set}"))).collect(),
            namespaces: namespaces.chain([plan.namespace.clone()]).collect(),
            tools: rendered().filter_map(|json| labels(json, MANAGED_BY)).collect(),
            known: outcomes.iter().map(|outcome| outcome.id.clone()).collect(),
        }
    }

    /// The lists that are asked for.
    fn lists<'a>(&'a self, kinds: &'a Kinds) -> Vec<(&'a Resource, &'a str, &'a str)> {
        let wanted = |kind: &&Resource| kind.listable && !CONTROLLED.contains(&kind.kind.as_str());
        let places = |kind: &Resource| -> Vec<&str> {
            if kind.namespaced { self.namespaces.iter().map(String::as_str).collect() } else { vec![""] }
        };
        let mut lists = Vec::new();
        for kind in kinds.preferred().iter().filter(wanted) {
            for place in places(kind) {
                lists.extend(self.selectors.iter().map(|selector| (kind, place, selector.as_str())));
            }
        }
        lists
    }
}

impl Cluster {
    /// The objects that belong to the release, by its label or its `ApplySet`, and are not among those that are known
    /// already; and in words which kinds this login may not list.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn orphans(&self, owner: &Owner, kinds: &Kinds) -> Result<Findings, Failure> {
        let list = |(kind, place, selector): (Resource, String, String)| async move {
            let answer = self.get(&kind.collection(&place), &[("labelSelector", &selector)]).await;
            answer.map(|answer| (kind, answer))
        };
        let lists: Vec<(Resource, String, String)> = owner
            .lists(kinds)
            .into_iter()
            .map(|(kind, place, selector)| (kind.clone(), place.to_owned(), selector.to_owned()))
            .collect();
        let answers: Vec<_> = stream::iter(lists).map(list).buffered(CONCURRENCY).collect().await;
        let mut found = Findings::default();
        let (mut seen, mut unseen) = (owner.known.clone(), BTreeSet::new());
        for answer in answers {
            let (kind, answer) = answer?;
            if !answer.is_ok() && !matches!(answer.code, 404 | 405) {
                unseen.insert(kind.kind.clone());
            }
            let items = answer.body.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
            let orphans = items.into_iter().filter_map(|item| orphan(&kind, item, owner));
            found.outcomes.extend(orphans.filter(|outcome| seen.insert(outcome.id.clone())));
        }
        if !unseen.is_empty() {
            let names = unseen.into_iter().collect::<Vec<_>>().join(", ");
            found
                .notes
                .push(format!("nothing is known of objects that are rendered no more and may not be listed: {names}"));
        }
        Ok(found)
    }
}

fn orphan(kind: &Resource, mut item: Json, owner: &Owner) -> Option<Outcome> {
    let map = item.as_object_mut()?;
    map.insert("kind".to_owned(), kind.kind.clone().into());
    map.insert("apiVersion".to_owned(), kind.api_version.clone().into());
    let text = |pointer: &str| item.pointer(pointer).and_then(Json::as_str).unwrap_or_default().to_owned();
    let id = ObjectId {
        group: kind.group().to_owned(),
        kind: kind.kind.clone(),
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
    };
    let controlled =
        item.pointer("/metadata/ownerReferences").and_then(Json::as_array).is_some_and(|list| !list.is_empty());
    let history = id.kind == "Secret" && text("/metadata/labels/owner") == "helm";
    // Another tool's objects may carry the same label: those that an operator makes for the release.
    let tool = item.pointer("/metadata/labels").and_then(|all| all.get(MANAGED_BY)?.as_str());
    let foreign = tool.is_some_and(|tool| !owner.tools.is_empty() && !owner.tools.contains(tool));
    if controlled || history || foreign {
        return None;
    }
    let release = item.pointer("/metadata/annotations").and_then(|all| all.get("meta.helm.sh/release-name")?.as_str());
    if release.is_some_and(|release| release != owner.name) {
        return None;
    }
    let verdict = verdict(&id, &item);
    Some(Outcome { live: Some(Arc::new(item)), ..Outcome::new(id, verdict) })
}

/// Whether a prune would delete it.
pub(super) fn verdict(id: &ObjectId, live: &Json) -> Verdict {
    let annotation = |name: &str| live.pointer("/metadata/annotations").and_then(|all| all.get(name)?.as_str());
    if annotation("helm.sh/resource-policy") == Some("keep") {
        return Verdict::Retained("it says `helm.sh/resource-policy: keep`".to_owned());
    }
    // Claims that a StatefulSet made carry the release's labels, and nobody applied them.
    if id.kind == "PersistentVolumeClaim" && model(live) == Model::Unrecorded {
        return Verdict::Retained("a StatefulSet made the claim, and it holds the data".to_owned());
    }
    Verdict::Prune
}

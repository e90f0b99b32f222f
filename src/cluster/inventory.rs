//! What is in the cluster of a release that is rendered no more.

use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use serde_json::Value as Json;

use super::discovery::{Kinds, Resource};
use super::{CONCURRENCY, Cluster, Failure};
use crate::diff::{ObjectId, Outcome, Verdict, last_applied};

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

/// Whose objects are looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'a> {
    /// The release.
    pub(super) name: &'a str,
    /// Its namespace.
    pub(super) namespace: &'a str,
}

impl Cluster {
    /// The objects that carry the release's label and are not among the rendered ones. Kinds that this login may not list
    /// are passed over.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn orphans(
        &self,
        owner: Owner<'_>,
        kinds: &Kinds,
        rendered: &HashSet<ObjectId>,
    ) -> Result<Vec<Outcome>, Failure> {
        let selector = format!("app.kubernetes.io/instance={}", owner.name);
        let wanted = |kind: &&Resource| kind.listable && !CONTROLLED.contains(&kind.kind.as_str());
        let list = |kind: Resource| {
            let selector = selector.clone();
            async move {
                let answer = self.get(&kind.collection(owner.namespace), &[("labelSelector", &selector)]).await;
                answer.map(|answer| (kind, answer))
            }
        };
        let kinds: Vec<Resource> = kinds.preferred().iter().filter(wanted).cloned().collect();
        let answers: Vec<_> = stream::iter(kinds).map(list).buffered(CONCURRENCY).collect().await;
        let mut found = Vec::new();
        for answer in answers {
            let (kind, answer) = answer?;
            let items = answer.body.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
            found.extend(items.into_iter().filter_map(|item| orphan(&kind, item, owner, rendered)));
        }
        Ok(found)
    }
}

fn orphan(kind: &Resource, mut item: Json, owner: Owner<'_>, rendered: &HashSet<ObjectId>) -> Option<Outcome> {
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
    if rendered.contains(&id) || controlled || history {
        return None;
    }
    let release = item.pointer("/metadata/annotations").and_then(|all| all.get("meta.helm.sh/release-name")?.as_str());
    if release.is_some_and(|release| release != owner.name) {
        return None;
    }
    let verdict = verdict(&id, &item);
    Some(Outcome { live: Some(item), ..Outcome::new(id, verdict) })
}

/// Whether a prune would delete it.
pub(super) fn verdict(id: &ObjectId, live: &Json) -> Verdict {
    let annotation = |name: &str| live.pointer("/metadata/annotations").and_then(|all| all.get(name)?.as_str());
    if annotation("helm.sh/resource-policy") == Some("keep") {
        return Verdict::Retained("it says `helm.sh/resource-policy: keep`".to_owned());
    }
    // Claims that a StatefulSet made carry the release's labels, and nobody applied them.
    let applied = last_applied(live).is_some() || annotation("meta.helm.sh/release-name").is_some();
    if id.kind == "PersistentVolumeClaim" && !applied {
        return Verdict::Retained("a StatefulSet made the claim, and it holds the data".to_owned());
    }
    Verdict::Prune
}

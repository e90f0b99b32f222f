//! Fields that the server never changes on an object that exists, and the way around each.
//!
//! Source: the update validation of Kubernetes 1.36 (`pkg/apis/*/validation`). A server that allows more says so itself: this
//! table names the field behind a rejection and predicts one only where no server is asked.

use serde_json::Value as Json;

use super::compare::Change;
use super::object::ObjectId;
use super::quantity;

/// A change that cannot be made in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Immutable {
    /// The field.
    pub path: String,
    /// Why not.
    pub reason: String,
}

/// What of a `StatefulSet`'s spec may change.
const STATEFUL_SET: &[&str] = &[
    "replicas",
    "ordinals",
    "template",
    "updateStrategy",
    "revisionHistoryLimit",
    "persistentVolumeClaimRetentionPolicy",
    "minReadySeconds",
];

/// What of a Job's spec may change.
const JOB: &[&str] =
    &["parallelism", "suspend", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "maxFailedIndexes"];

/// The changes among these that the server refuses.
pub(super) fn immutable(id: &ObjectId, old: &Json, changes: &[Change]) -> Vec<Immutable> {
    let frozen = old.get("immutable").is_some_and(|flag| flag == true);
    let found = changes.iter().filter_map(|change| {
        let reason = reason(id, change, frozen)?;
        Some(Immutable { path: change.path.to_string(), reason })
    });
    found.collect()
}

fn reason(id: &ObjectId, change: &Change, frozen: bool) -> Option<String> {
    let under = |keys: &[&str]| change.path.begins_with(keys);
    // A field below `spec`, and not one of those that may change.
    let spec_but = |allowed: &[&str]| under(&["spec"]) && !allowed.iter().any(|key| under(&["spec", key]));
    let never = || Some("it never changes on an existing object".to_owned());
    match id.kind.as_str() {
        "StatefulSet" if spec_but(STATEFUL_SET) => match growth(change) {
            Some(Growth::Shrinks) => Some("volumes never shrink".to_owned()),
            Some(Growth::Grows) => Some("claim templates never change, only the claims made from them grow".to_owned()),
            None => never(),
        },
        "Deployment" | "DaemonSet" | "ReplicaSet" if under(&["spec", "selector"]) => never(),
        "Job" if spec_but(JOB) => never(),
        "PersistentVolumeClaim" if under(&["spec"]) => match growth(change) {
            Some(Growth::Grows) => None,
            Some(Growth::Shrinks) => Some("volumes never shrink".to_owned()),
            None if under(&["spec", "volumeAttributesClassName"]) => None,
            None => never(),
        },
        // The server gives an address to a Service that asks for none.
        "Service" if under(&["spec", "clusterIP"]) && change.old.is_some() && change.new.is_some() => never(),
        "RoleBinding" | "ClusterRoleBinding" if under(&["roleRef"]) => never(),
        "Secret" if under(&["type"]) => never(),
        "Secret" | "ConfigMap" if frozen && ["data", "binaryData", "immutable"].iter().any(|key| under(&[key])) => {
            Some("the object says `immutable: true`".to_owned())
        }
        "StorageClass"
            if ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"].iter().any(|key| under(&[key])) =>
        {
            never()
        }
        _ => None,
    }
}

/// Which way the size of a volume goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// It becomes larger.
    Grows,
    /// It becomes smaller.
    Shrinks,
}

/// Which way a requested storage goes; nothing when the change is none of that.
pub(super) fn growth(change: &Change) -> Option<Growth> {
    if change.path.last_key() != "storage" {
        return None;
    }
    let size = |value: &Option<Json>| quantity::nano(value.as_ref()?.as_str()?);
    let (old, new) = (size(&change.old)?, size(&change.new)?);
    Some(if new > old { Growth::Grows } else { Growth::Shrinks })
}

/// How to make the change all the same: sentences, and below one the commands that it speaks of, a line each.
pub(super) fn recipe(id: &ObjectId, old: &Json, changes: &[Change], found: &[Immutable]) -> Vec<String> {
    if found.is_empty() {
        return Vec::new();
    }
    let namespace = if id.namespace.is_empty() { String::new() } else { format!(" -n {}", id.namespace) };
    let kind = id.kind.to_lowercase();
    let delete = format!("kubectl delete {kind} {}{namespace}", id.name);
    let shrinks = changes.iter().any(|change| growth(change) == Some(Growth::Shrinks));
    match id.kind.as_str() {
        _ if shrinks => vec![
            "a smaller volume needs a new database: keep the old size, or dump, install under another name and restore"
                .to_owned(),
        ],
        "StatefulSet" => stateful_set(id, old, changes, &namespace, &delete),
        "PersistentVolumeClaim" => {
            vec!["leave the claim as it is; another class or mode needs a new claim and a copy of the data".to_owned()]
        }
        "Service" => vec![
            "leave `spec.clusterIP` out, and the Service keeps its address".to_owned(),
            format!("for another address, at the price of open connections, delete it and apply again:\n{delete}"),
        ],
        "Secret" | "ConfigMap" => {
            vec![format!("delete it, apply again, and restart the pods that read it:\n{delete}")]
        }
        "Deployment" | "DaemonSet" | "ReplicaSet" => {
            vec![format!("delete it, which ends its pods, and apply again:\n{delete}")]
        }
        _ => vec![format!("delete it and apply again:\n{delete}")],
    }
}

/// So many claims are named one by one.
const MOST_CLAIMS: u64 = 16;

fn stateful_set(id: &ObjectId, old: &Json, changes: &[Change], namespace: &str, delete: &str) -> Vec<String> {
    let number = |pointer: &str| old.pointer(pointer).and_then(Json::as_u64);
    let replicas = number("/spec/replicas").unwrap_or(1);
    let first = number("/spec/ordinals/start").unwrap_or(0);
    let mut commands = Vec::new();
    for change in changes.iter().filter(|change| growth(change) == Some(Growth::Grows)) {
        let claim = change.path.steps().iter().find_map(|step| match step {
            super::path::Step::Item { name, .. } => Some(name.as_str()),
            _ => None,
        });
        let (Some(claim), Some(size)) = (claim, change.new.as_ref().and_then(Json::as_str)) else { continue };
        for ordinal in first..first + replicas.min(MOST_CLAIMS) {
            commands.push(format!(
                "kubectl patch pvc {claim}-{}-{ordinal}{namespace} -p '{{\"spec\":{{\"resources\":{{\"requests\":{{\"storage\":\"{size}\"}}}}}}}}'",
                id.name
            ));
        }
        if replicas > MOST_CLAIMS {
            commands.push(format!("# and so on, up to {claim}-{}-{}", id.name, first + replicas - 1));
        }
    }
    let anew = "make the set anew around its running pods, and apply again";
    let words = if commands.is_empty() {
        format!("{anew}:")
    } else {
        format!("grow the claims, whose StorageClass must say `allowVolumeExpansion: true`, {anew}:")
    };
    commands.push(format!("{delete} --cascade=orphan"));
    let mut steps = vec![format!("{words}\n{}", commands.join("\n"))];
    if changes.iter().any(|change| change.path.begins_with(&["spec", "selector"])) {
        steps.push(
            "pods with the old labels are not taken over: delete them after the new ones are ready, one by one"
                .to_owned(),
        );
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::compare;
    use serde_json::json;

    fn id(kind: &str) -> ObjectId {
        ObjectId { kind: kind.into(), namespace: "data".into(), name: "db".into(), ..ObjectId::default() }
    }

    fn paths(kind: &str, old: &Json, new: &Json) -> Vec<String> {
        immutable(&id(kind), old, &compare(old, new)).into_iter().map(|one| one.path).collect()
    }

    fn claims(size: &str) -> Json {
        json!({"spec": {"replicas": 2, "volumeClaimTemplates": [
            {"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": size}}}}]}})
    }

    #[test]
    fn each_kind_names_its_fields() {
        let set = |key: &str, value: Json| json!({"spec": {key: value}});
        for (kind, key, refused) in [
            ("StatefulSet", "serviceName", true),
            ("StatefulSet", "selector", true),
            ("StatefulSet", "replicas", false),
            ("StatefulSet", "template", false),
            ("Deployment", "selector", true),
            ("Deployment", "replicas", false),
            ("Job", "template", true),
            ("Job", "suspend", false),
            ("Service", "clusterIP", true),
            ("Service", "type", false),
            ("PersistentVolumeClaim", "storageClassName", true),
            ("PersistentVolumeClaim", "volumeAttributesClassName", false),
        ] {
            let found = paths(kind, &set(key, "a".into()), &set(key, "b".into()));
            assert_eq!(!found.is_empty(), refused, "{kind} {key}");
        }
        let role = |name: &str| json!({"roleRef": {"name": name}});
        assert_eq!(paths("RoleBinding", &role("a"), &role("b")), ["roleRef.name"]);
        let frozen = |text: &str| json!({"immutable": true, "data": {"a": text}});
        assert_eq!(paths("ConfigMap", &frozen("a"), &frozen("b")), ["data.a"]);
        let class = |text: &str| json!({"parameters": {"type": text}});
        assert_eq!(paths("StorageClass", &class("a"), &class("b")), ["parameters.type"]);
    }

    #[test]
    fn a_volume_grows_with_a_recipe_and_never_shrinks() {
        let (small, large) = (claims("10Gi"), claims("20Gi"));
        let grow = compare(&small, &large);
        let steps = recipe(&id("StatefulSet"), &small, &grow, &immutable(&id("StatefulSet"), &small, &grow));
        let lines: Vec<&str> = steps.iter().flat_map(|step| step.lines()).collect();
        assert!(lines[2].starts_with("kubectl patch pvc data-db-1 -n data"));
        assert_eq!(lines[3..], ["kubectl delete statefulset db -n data --cascade=orphan"]);
        let shrink = compare(&large, &small);
        let found = immutable(&id("StatefulSet"), &large, &shrink);
        assert_eq!(found[0].reason, "volumes never shrink");
        assert_eq!(recipe(&id("StatefulSet"), &large, &shrink, &found).len(), 1);
        let claim = |size: &str| json!({"spec": {"resources": {"requests": {"storage": size}}}});
        assert!(paths("PersistentVolumeClaim", &claim("1Gi"), &claim("2Gi")).is_empty());
        assert_eq!(paths("PersistentVolumeClaim", &claim("2Gi"), &claim("1Gi")).len(), 1);
    }
}

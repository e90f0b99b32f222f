//! One form for what means the same: what the server fills in is taken out, quantities get one spelling, and
//! `stringData` becomes `data`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json};

use super::quantity;

/// Fields of `metadata` that the server keeps for itself. Owners and finalizers stay: a change there matters.
const SERVERS_METADATA: &[&str] = &[
    "managedFields",
    "resourceVersion",
    "uid",
    "generation",
    "creationTimestamp",
    "selfLink",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
];

/// The annotation in which `kubectl apply` keeps what it applied.
pub(super) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Annotations that tools and controllers write; an ending `*` takes all that begin so.
const SERVERS_ANNOTATIONS: &[&str] = &[
    LAST_APPLIED,
    "deployment.kubernetes.io/revision",
    "kapp.k14s.io/original*",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
    "volume.kubernetes.io/storage-resizer",
];

/// Keys whose empty map or list says the same as their absence. Elsewhere it says something: `podSelector: {}` selects
/// every pod, `emptyDir: {}` is a volume.
const EMPTY_IS_ABSENT: &[&str] = &[
    "affinity",
    "annotations",
    "args",
    "binaryData",
    "command",
    "data",
    "env",
    "envFrom",
    "finalizers",
    "hostAliases",
    "imagePullSecrets",
    "initContainers",
    "labels",
    "limits",
    "nodeSelector",
    "ownerReferences",
    "requests",
    "resources",
    "securityContext",
    "stringData",
    "tolerations",
    "topologySpreadConstraints",
    "volumeMounts",
    "volumes",
];

/// Maps whose values are quantities.
const QUANTITY_MAPS: &[&str] = &[
    "limits",
    "requests",
    "capacity",
    "hard",
    "min",
    "max",
    "default",
    "defaultRequest",
    "minAllowed",
    "maxAllowed",
    "overhead",
    "allocatedResources",
];

/// Fields that are quantities.
const QUANTITIES: &[&str] = &["sizeLimit", "divisor", "averageValue", "storage"];

/// The object in the one form.
pub fn normal(object: &Json) -> Json {
    let mut object = object.clone();
    normalise(&mut object);
    object
}

/// Brings an object into the one form.
pub(super) fn normalise(object: &mut Json) {
    let Json::Object(root) = object else { return };
    root.remove("status");
    if root.get("kind").is_some_and(|kind| kind == "Secret") {
        merge_string_data(root);
    }
    let verbatim = matches!(root.get("kind").and_then(Json::as_str), Some("Secret" | "ConfigMap"));
    if let Some(Json::Object(metadata)) = root.get_mut("metadata") {
        strip_metadata(metadata);
    }
    for (key, value) in root.iter_mut() {
        if !(verbatim && key == "data") {
            clean(value, key, "");
        }
    }
    root.retain(|key, value| !says_nothing(key, value));
    if root.get("kind").is_some_and(|kind| kind == "StatefulSet")
        && let Some(Json::Array(claims)) = object.pointer_mut("/spec/volumeClaimTemplates")
    {
        claims.iter_mut().for_each(claim_template);
    }
}

/// What the server fills into a claim template, on both sides.
fn claim_template(claim: &mut Json) {
    let Json::Object(map) = claim else { return };
    map.remove("status");
    map.entry("apiVersion").or_insert_with(|| "v1".into());
    map.entry("kind").or_insert_with(|| "PersistentVolumeClaim".into());
    if let Some(Json::Object(spec)) = map.get_mut("spec") {
        spec.entry("volumeMode").or_insert_with(|| "Filesystem".into());
    }
    if let Some(Json::Object(metadata)) = map.get_mut("metadata") {
        strip_metadata(metadata);
    }
}

fn strip_metadata(metadata: &mut Map<String, Json>) {
    metadata.retain(|key, _| !SERVERS_METADATA.contains(&key.as_str()));
    if let Some(Json::Object(annotations)) = metadata.get_mut("annotations") {
        annotations.retain(|name, _| {
            !SERVERS_ANNOTATIONS.iter().any(|known| match known.strip_suffix('*') {
                Some(prefix) => name.starts_with(prefix),
                None => name == known,
            })
        });
    }
}

/// The server takes `stringData` over `data` and keeps only the latter.
fn merge_string_data(secret: &mut Map<String, Json>) {
    let Some(Json::Object(texts)) = secret.remove("stringData") else { return };
    let data = secret.entry("data").or_insert_with(|| Json::Object(Map::new()));
    if !data.is_object() {
        *data = Json::Object(Map::new());
    }
    if let Json::Object(data) = data {
        for (key, text) in texts {
            let encoded = STANDARD.encode(text.as_str().unwrap_or_default());
            data.insert(key, Json::String(encoded));
        }
    }
}

fn says_nothing(key: &str, value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(map) => map.is_empty() && EMPTY_IS_ABSENT.contains(&key),
        Json::Array(list) => list.is_empty() && EMPTY_IS_ABSENT.contains(&key),
        _ => false,
    }
}

/// Maps of texts, in which a key says nothing about its value.
const TEXTS: &[&str] = &["labels", "annotations", "matchLabels", "selector", "nodeSelector"];

fn clean(value: &mut Json, key: &str, parent: &str) {
    match value {
        Json::String(_) if TEXTS.contains(&parent) => {}
        Json::Object(map) => {
            for (name, inner) in map.iter_mut() {
                clean(inner, name, key);
            }
            map.retain(|name, inner| !says_nothing(name, inner));
        }
        Json::Array(list) => list.iter_mut().for_each(|item| clean(item, key, parent)),
        Json::String(text) => {
            if (QUANTITY_MAPS.contains(&parent) || QUANTITIES.contains(&key))
                && let Some(spelled) = quantity::canonical(text).filter(|spelled| spelled != text)
            {
                *text = spelled;
            }
        }
        Json::Number(number) if QUANTITY_MAPS.contains(&parent) => {
            if let Some(spelled) = quantity::canonical(&number.to_string()) {
                *value = Json::String(spelled);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_and_encoded_secrets_are_one() {
        let text = json!({"kind": "Secret", "stringData": {"a": "x"}, "data": {"a": "b2xk", "b": "eQ=="}});
        assert_eq!(normal(&text), json!({"kind": "Secret", "data": {"a": "eA==", "b": "eQ=="}}));
    }

    #[test]
    fn what_the_server_keeps_is_taken_out_and_owners_stay() {
        let live = json!({"kind": "ConfigMap", "metadata": {"name": "a", "uid": "1", "managedFields": [], "generation": 2,
            "creationTimestamp": null, "ownerReferences": [{"uid": "2"}],
            "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}", "kapp.k14s.io/original-diff": ""}},
            "status": {}, "data": {"cpu": "0.5"}});
        let expected = json!({"kind": "ConfigMap", "metadata": {"name": "a", "ownerReferences": [{"uid": "2"}]}, "data": {"cpu": "0.5"}});
        assert_eq!(normal(&live), expected);
    }

    #[test]
    fn quantities_have_one_spelling_and_empty_selectors_stay() {
        let pod =
            |cpu: Json| normal(&json!({"spec": {"podSelector": {}, "resources": {"limits": {"cpu": cpu}}, "env": []}}));
        assert_eq!(pod("0.5".into()), pod("500m".into()));
        assert_eq!(pod(2.into()), pod("2000m".into()));
        assert!(pod(1.into()).pointer("/spec/podSelector").is_some());
    }
}

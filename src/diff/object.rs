//! Objects and what they are called.

use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

/// What an object is called, whatever version of its API it is written in.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    /// `apps`; empty for the core group.
    pub group: String,
    /// `StatefulSet`.
    pub kind: String,
    /// Its namespace; empty when it is in none.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.namespace.is_empty() {
            write!(f, "{} {}", self.kind, self.name)
        } else {
            write!(f, "{} {}/{}", self.kind, self.namespace, self.name)
        }
    }
}

/// One object.
#[derive(Clone, Debug)]
pub struct Object {
    /// What it is called.
    pub id: ObjectId,
    /// It; objects that are alike have it in common.
    pub json: Arc<Json>,
    /// The template that renders it, when one does.
    pub source: Option<String>,
}

/// Kinds that live outside namespaces.
const CLUSTER_KINDS: &[&str] = &[
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ClusterIssuer",
    "ClusterRole",
    "ClusterRoleBinding",
    "ClusterSecretStore",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeAttachment",
    "VolumeAttributesClass",
    "VolumeSnapshotClass",
];

/// The objects of a document: none when it is empty, several when it is a list.
pub fn objects(json: Json, namespace: &str, source: Option<&str>) -> Vec<Object> {
    if json.get("kind").and_then(Json::as_str).is_some_and(|kind| kind.ends_with("List"))
        && let Some(Json::Array(items)) = json.get("items")
    {
        // The items of a typed list leave out what they are.
        let kind = json["kind"].as_str().and_then(|kind| kind.strip_suffix("List")).filter(|kind| !kind.is_empty());
        return items
            .iter()
            .flat_map(|item| {
                let mut item = item.clone();
                if let (Some(map), Some(kind)) = (item.as_object_mut(), kind) {
                    map.entry("kind").or_insert_with(|| kind.into());
                    map.entry("apiVersion").or_insert_with(|| json["apiVersion"].clone());
                }
                objects(item, namespace, source)
            })
            .collect();
    }
    // An empty document is none; one that is no object at all has no name, which whoever reads it tells.
    if json.is_null() {
        return Vec::new();
    }
    let id = identify(&json, namespace);
    vec![Object { id, json: Arc::new(json), source: source.map(str::to_owned) }]
}

/// What an object is called when those without a namespace go to `namespace`.
pub(super) fn identify(json: &Json, namespace: &str) -> ObjectId {
    let text = |pointer: &str| match json.pointer(pointer) {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    let (kind, api_version) = (text("/kind"), text("/apiVersion"));
    let given = text("/metadata/namespace");
    let namespace = match given.as_str() {
        _ if CLUSTER_KINDS.contains(&kind.as_str()) => "",
        "" => namespace,
        given => given,
    };
    let name = match text("/metadata/name") {
        name if name.is_empty() => text("/metadata/generateName"),
        name => name,
    };
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    ObjectId { group: group.to_owned(), kind, namespace: namespace.to_owned(), name }
}

/// Whether an object is a hook of a release, which runs and is not part of it.
pub fn is_hook(json: &Json) -> bool {
    json.pointer("/metadata/annotations").is_some_and(|all| all.get("helm.sh/hook").is_some())
}

/// Whether the object comes from a cluster: only the server writes these fields.
pub fn is_live(json: &Json) -> bool {
    ["uid", "resourceVersion"]
        .iter()
        .all(|key| json.pointer("/metadata").is_some_and(|metadata| metadata.get(key).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_their_items() {
        let list = json!({"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "a"}}]});
        let found = objects(list, "ns", None);
        assert_eq!(found[0].id.to_string(), "ConfigMap ns/a");
        assert_eq!(found[0].json["apiVersion"], "v1");
        let role =
            json!({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "r"}});
        assert_eq!(objects(role, "ns", None)[0].id.to_string(), "ClusterRole r");
        assert!(objects(Json::Null, "ns", None).is_empty());
    }
}

//! What identifies an item of a list, so that an insertion in front does not change everything behind it.

use serde_json::Value as Json;

/// The lists that Kubernetes merges by a key in a strategic merge patch (`patchMergeKey` in its types).
///
/// Source: `k8s.io/api` of 1.36; `ports` is a list of containers and Services alike.
const MERGE_KEYS: &[(&str, &[&str])] = &[
    ("containers", &["name"]),
    ("initContainers", &["name"]),
    ("ephemeralContainers", &["name"]),
    ("volumes", &["name"]),
    ("env", &["name"]),
    ("imagePullSecrets", &["name"]),
    ("volumeMounts", &["mountPath"]),
    ("volumeDevices", &["devicePath"]),
    ("hostAliases", &["ip"]),
    ("topologySpreadConstraints", &["topologyKey"]),
    ("secrets", &["name"]),
    ("webhooks", &["name"]),
    ("ownerReferences", &["uid"]),
    ("conditions", &["type"]),
];

/// Lists that are replaced as a whole by the server, whose items have an identity for people all the same.
const IDENTITIES: &[(&str, &[&str])] = &[
    ("ports", &["containerPort|port", "protocol"]),
    ("topologySpreadConstraints", &["topologyKey", "whenUnsatisfiable"]),
    ("subjects", &["kind", "name", "namespace"]),
    ("metrics", &["type"]),
    ("endpoints", &["port"]),
    ("groups", &["name"]),
    ("versions", &["name"]),
    ("tls", &["secretName"]),
    ("items", &["key"]),
];

/// Keys that identify an item of any other list, when every item has one.
const GENERIC: &[&str] = &["name", "alert", "record", "id", "key"];

/// The key of a list in a strategic merge patch; nothing where the list is replaced as a whole.
pub(super) fn merge_key(list: &str, items: &[Json]) -> Option<&'static str> {
    if list == "ports" {
        return items.iter().find_map(|item| ["containerPort", "port"].into_iter().find(|key| item.get(key).is_some()));
    }
    MERGE_KEYS.iter().find(|(name, _)| *name == list).map(|(_, keys)| keys[0])
}

/// The keys that identify items of a list; nothing where any of the usual ones may.
fn keys(list: &str) -> Option<&'static [&'static str]> {
    IDENTITIES.iter().chain(MERGE_KEYS).find(|(name, _)| *name == list).map(|(_, keys)| *keys)
}

/// Whether a key of an item belongs to its identity.
pub(super) fn names(list: &str, key: &str) -> bool {
    match keys(list) {
        Some(keys) => keys.iter().any(|one| one.split('|').any(|one| one == key)),
        None => GENERIC.contains(&key),
    }
}

/// What identifies an item of the list under the key `list`.
pub(super) fn identity(list: &str, item: &Json) -> Option<String> {
    let map = item.as_object()?;
    if list == "volumeClaimTemplates" {
        return item.pointer("/metadata/name").and_then(scalar);
    }
    if let Some(keys) = keys(list) {
        let mut parts = Vec::new();
        for key in keys {
            let found = key.split('|').find_map(|key| map.get(key)).and_then(scalar);
            match found {
                Some(text) => parts.push(text),
                None if *key == "protocol" => parts.push("TCP".to_owned()),
                None if *key == "namespace" => {}
                None => return generic(item),
            }
        }
        return Some(parts.join("/"));
    }
    generic(item)
}

fn generic(item: &Json) -> Option<String> {
    if let Some(name) = item.pointer("/metadata/name").and_then(scalar) {
        let kind = item.get("kind").and_then(scalar).unwrap_or_default();
        return Some(if kind.is_empty() { name } else { format!("{kind}/{name}") });
    }
    GENERIC.iter().find_map(|key| item.get(key).and_then(scalar))
}

fn scalar(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Whether the order of a list's identified items means something: a variable may use those before it, init
/// containers run one after the other.
pub(super) fn order_matters(list: &str) -> bool {
    matches!(list, "env" | "initContainers" | "envFrom")
}

/// The identities of all items, when each has one of its own.
pub(super) fn identities(list: &str, items: &[Json]) -> Option<Vec<String>> {
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        names.push(identity(list, item)?);
    }
    let mut sorted: Vec<&String> = names.iter().collect();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1]).then_some(names)
}

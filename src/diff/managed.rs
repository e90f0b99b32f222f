//! `metadata.managedFields`: who wrote which field, and so how an object was applied.

use serde_json::{Map, Value as Json};

use super::normalise::LAST_APPLIED;

/// How an object was applied, and so how the next apply of it works.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Model {
    /// `kubectl apply`.
    ClientSide,
    /// `kubectl apply --server-side`, or another field manager's server-side apply.
    ServerSide {
        /// The field manager.
        manager: String,
    },
    /// `helm upgrade`.
    Helm {
        /// The release.
        release: String,
    },
    /// Nobody left a record of an apply.
    Unrecorded,
}

impl std::fmt::Display for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::ClientSide => f.write_str("kubectl apply (client-side)"),
            Self::ServerSide { manager } if manager == "kubectl" => f.write_str("kubectl apply --server-side"),
            Self::ServerSide { manager } => write!(f, "server-side apply by `{manager}`"),
            Self::Helm { release } => write!(f, "helm upgrade of release `{release}`"),
            Self::Unrecorded => f.write_str("kubectl apply (client-side) of an object that was never applied"),
        }
    }
}

/// The field manager of client-side applies.
pub const CLIENT_SIDE_MANAGER: &str = "kubectl-client-side-apply";

/// What the live object tells of the way it was applied.
pub fn model(live: &Json) -> Model {
    let annotation = |name: &str| live.pointer("/metadata/annotations").and_then(|all| all.get(name)?.as_str());
    let appliers: Vec<&str> = entries(live)
        .filter(|entry| entry.get("operation").is_some_and(|operation| operation == "Apply"))
        .filter_map(|entry| entry.get("manager")?.as_str())
        .collect();
    let preferred = ["pgchart", "kubectl"].into_iter().find(|name| appliers.contains(name));
    if let Some(manager) = preferred {
        return Model::ServerSide { manager: manager.to_owned() };
    }
    if annotation(LAST_APPLIED).is_some() || managers(live).any(|name| name == CLIENT_SIDE_MANAGER) {
        return Model::ClientSide;
    }
    match (annotation("meta.helm.sh/release-name"), appliers.first()) {
        // Helm 4 applies on the server's side, as the manager `helm`.
        (_, Some(manager)) => Model::ServerSide { manager: (*manager).to_owned() },
        (Some(release), None) => Model::Helm { release: release.to_owned() },
        (None, None) => Model::Unrecorded,
    }
}

/// The entries that are about the object, not about one of its subresources.
fn entries(live: &Json) -> impl Iterator<Item = &Map<String, Json>> {
    let list = live.pointer("/metadata/managedFields").and_then(Json::as_array);
    let entries = list.into_iter().flatten().filter_map(Json::as_object);
    entries.filter(|entry| entry.get("subresource").and_then(Json::as_str).is_none_or(str::is_empty))
}

fn managers(live: &Json) -> impl Iterator<Item = &str> {
    entries(live).filter_map(|entry| entry.get("manager")?.as_str())
}

/// The object as `kubectl apply` kept it in its annotation.
pub fn last_applied(live: &Json) -> Option<Json> {
    let text = live.pointer("/metadata/annotations")?.get(LAST_APPLIED)?.as_str()?;
    serde_json::from_str(text).ok()
}

/// The part of the live object that a manager applied.
pub fn applied_by(live: &Json, manager: &str) -> Option<Json> {
    let entry = entries(live).find(|entry| {
        entry.get("operation").is_some_and(|operation| operation == "Apply")
            && entry.get("manager").is_some_and(|name| name == manager)
    })?;
    let mut part = owned(live, entry.get("fieldsV1")?)?;
    // Nobody owns what names an object, and everybody applies it.
    if let Some(root) = part.as_object_mut() {
        for key in ["apiVersion", "kind"] {
            root.extend(live.get(key).map(|value| (key.to_owned(), value.clone())));
        }
        // The text of a Secret is owned under the name it was applied by, and lives on in `data`.
        let texts = entry.get("fieldsV1").and_then(|fields| fields.get("f:stringData")?.as_object());
        for name in texts.into_iter().flat_map(Map::keys).filter_map(|field| field.strip_prefix("f:")) {
            if let Some(value) = live.get("data").and_then(|data| data.get(name)) {
                root.entry("data").or_insert_with(|| Json::Object(Map::new()))[name] = value.clone();
            }
        }
    }
    Some(part)
}

/// What one manager owns of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// Who.
    pub manager: String,
    /// The object with nothing but that.
    pub part: Json,
}

/// What the managers other than the applier own.
pub(super) fn foreign(live: &Json, model: &Model) -> Vec<Part> {
    let ours = |name: &str| match model {
        Model::ClientSide => name == CLIENT_SIDE_MANAGER || name.starts_with("kubectl-"),
        Model::ServerSide { manager } => name == manager || name == CLIENT_SIDE_MANAGER || name == "before-first-apply",
        Model::Helm { .. } => matches!(name, "helm" | "Helm" | "Go-http-client"),
        Model::Unrecorded => true,
    };
    parts(live, |name| !ours(name))
}

/// What the managers own whose names are wanted.
pub(super) fn parts(live: &Json, wanted: impl Fn(&str) -> bool) -> Vec<Part> {
    entries(live)
        .filter_map(|entry| {
            let manager = entry.get("manager")?.as_str().filter(|name| wanted(name))?;
            Some(Part { manager: manager.to_owned(), part: owned(live, entry.get("fieldsV1")?)? })
        })
        .collect()
}

/// The part of a value that a set of fields names.
///
/// Source: Kubernetes API reference, `FieldsV1`: `f:` is a field, `k:` an item by its keys, `v:` an item of a set, `i:` one
/// by position, `.` the thing itself.
fn owned(value: &Json, fields: &Json) -> Option<Json> {
    let fields = fields.as_object()?;
    if fields.keys().all(|key| key == ".") {
        return Some(value.clone());
    }
    match value {
        Json::Object(map) => {
            let part = fields.iter().filter_map(|(field, inner)| {
                let name = field.strip_prefix("f:")?;
                Some((name.to_owned(), owned(map.get(name)?, inner)?))
            });
            Some(Json::Object(part.collect()))
        }
        Json::Array(items) => {
            let part = fields.iter().filter_map(|(field, inner)| {
                if let Some(keys) = field.strip_prefix("k:") {
                    let keys: Map<String, Json> = serde_json::from_str(keys).ok()?;
                    let same = |item: &&Json| keys.iter().all(|(key, value)| item.get(key) == Some(value));
                    let item = items.iter().find(same)?;
                    let mut part = owned(item, inner)?;
                    if let Some(part) = part.as_object_mut() {
                        // A key that names the item need not be applied: `protocol` has a default.
                        let applied = |key: &String| inner.get(format!("f:{key}")).is_some();
                        let any = keys.keys().any(applied);
                        part.extend(
                            keys.iter().filter(|(key, _)| !any || applied(key)).map(|(k, v)| (k.clone(), v.clone())),
                        );
                    }
                    Some(part)
                } else if let Some(text) = field.strip_prefix("v:") {
                    let value: Json = serde_json::from_str(text).ok()?;
                    items.iter().find(|item| **item == value).cloned()
                } else {
                    owned(items.get(field.strip_prefix("i:")?.parse::<usize>().ok()?)?, inner)
                }
            });
            Some(Json::Array(part.collect()))
        }
        _ => None,
    }
}

//! What the manifests tell of the PostgreSQL servers that they run: version, memory, standbys.

use serde_json::Value as Json;

use super::object::ObjectId;
use crate::postgres::catalogue::Catalogue;
use crate::postgres::memory::{Budget, Demand};
use crate::postgres::setting::{self, Setting};
use crate::postgres::{Major, image, quantity};

/// A server in a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Server {
    /// Its major version as its image's tag says.
    pub major: Option<u32>,
    /// Its memory limit in bytes.
    pub limit: Option<u64>,
    /// How many run.
    pub replicas: u64,
    /// Major versions of the images of its init containers: a dump by another one is an upgrade.
    pub init_majors: Vec<u32>,
}

/// The server that a workload runs; nothing when it runs none.
pub(super) fn server(object: &Json) -> Option<Server> {
    let kind = object.get("kind")?.as_str()?;
    if !matches!(kind, "StatefulSet" | "Deployment") {
        return None;
    }
    let pod = object.pointer("/spec/template/spec")?;
    let container = pod.get("containers")?.as_array()?.iter().find(|container| is_server(container))?;
    let init = pod.get("initContainers").and_then(Json::as_array);
    Some(Server {
        major: major(container),
        limit: container.pointer("/resources/limits/memory").and_then(Json::as_str).and_then(quantity::memory),
        replicas: object.pointer("/spec/replicas").and_then(Json::as_u64).unwrap_or(1),
        init_majors: init.into_iter().flatten().filter_map(major).collect(),
    })
}

/// Whether a workload's pods read something by this name: a `ConfigMap`, a `Secret`.
pub(super) fn mentions(object: &Json, name: &str) -> bool {
    fn walk(value: &Json, name: &str) -> bool {
        match value {
            Json::String(text) => text == name,
            Json::Array(items) => items.iter().any(|item| walk(item, name)),
            Json::Object(map) => map.values().any(|item| walk(item, name)),
            _ => false,
        }
    }
    object.pointer("/spec/template/spec").is_some_and(|pod| walk(pod, name))
}

/// The server among these objects that reads a `ConfigMap`, or else the first one.
pub(super) fn server_of(config: &ObjectId, objects: &[&Json]) -> Option<Server> {
    let reader = objects.iter().filter(|object| mentions(object, &config.name)).find_map(|object| server(object));
    reader.or_else(|| objects.iter().find_map(|object| server(object)))
}

fn is_server(container: &Json) -> bool {
    let reference = container.get("image").and_then(Json::as_str).unwrap_or_default();
    let (repository, tag) = split(reference);
    let named =
        container.get("name").and_then(Json::as_str).is_some_and(|name| matches!(name, "postgresql" | "postgres"));
    named || image::known(repository, tag).is_some_and(|known| known.is_postgres)
}

fn major(container: &Json) -> Option<u32> {
    let (_, tag) = split(container.get("image")?.as_str()?);
    image::major_of_tag(tag).filter(|major| (9..100).contains(major))
}

/// Repository and tag of an image's reference.
fn split(reference: &str) -> (&str, &str) {
    let reference = reference.split('@').next().unwrap_or_default();
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (reference, ""),
    }
}

/// How much memory a configuration may come to use.
pub(super) fn budget(conf: &indexmap::IndexMap<String, String>, major: Major, limit: u64) -> Option<Budget> {
    let number = |name: &str| {
        let parameter = Catalogue::of(major).get(name)?;
        let text = conf.get(name).cloned().or_else(|| parameter.default.clone())?;
        match setting::check(major, name, &text).ok()? {
            Setting::Number(number) => Some((number, parameter.unit.clone().unwrap_or_default())),
            _ => None,
        }
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be positive; sizes are below 2^63"
    )]
    let whole = |number: f64| (number >= 0.0).then_some(number as u64);
    let count = |name: &str| whole(number(name)?.0);
    let bytes = |name: &str| {
        let (number, unit) = number(name)?;
        let size = match unit.as_str() {
            "8kB" => 8192,
            "MB" => quantity::MIB,
            _ => quantity::KIB,
        };
        whole(number)?.checked_mul(size)
    };
    Some(Demand::of(count, bytes)?.budget(limit))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_is_known_by_its_image_or_its_container() {
        let set = json!({"kind": "StatefulSet", "spec": {"replicas": 3, "template": {"spec": {
            "volumes": [{"configMap": {"name": "db-config"}}],
            "initContainers": [{"name": "upgrade", "image": "postgres:15"}],
            "containers": [{"name": "exporter", "image": "x/exporter:0.1"}, {"name": "db", "image": "reg:5000/library/postgres:16.4@sha256:ab",
                "resources": {"limits": {"memory": "1Gi"}}}]}}}});
        let found = server(&set).expect("a server");
        assert_eq!(found, Server { major: Some(16), limit: Some(1 << 30), replicas: 3, init_majors: vec![15] });
        assert!(mentions(&set, "db-config") && !mentions(&set, "other"));
    }

    #[test]
    fn memory_follows_from_settings_and_defaults() {
        let conf = super::super::settings::values("shared_buffers = 256MB\nmax_connections = 50\n").expect("settings");
        let budget = budget(&conf, Major::V16, 1 << 30).expect("a budget");
        assert!(budget.percent() > 60 && budget.percent() < 100, "{}", budget.percent());
    }
}

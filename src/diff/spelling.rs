//! Spellings that mean the same, although a server may refuse one of them: a report passes over them, a patch never does.

use serde_json::{Map, Value as Json};

/// Fields that take a number or a name, where a number may also be written as text.
const INT_OR_STRING: &[&str] = &["targetPort", "port", "maxUnavailable", "maxSurge", "minAvailable"];

/// Maps of texts, in which a key says nothing about its value.
const TEXTS: &[&str] = &["labels", "annotations", "matchLabels", "selector", "nodeSelector"];

/// The groups in whose lists of ports `protocol` is `TCP` unless it says otherwise.
const PORT_GROUPS: &[&str] = &["", "apps", "batch", "discovery.k8s.io", "networking.k8s.io"];

/// Gives what means the same one spelling.
pub(super) fn even(object: &mut Json) {
    let Json::Object(root) = object else { return };
    let text = |key: &str| root.get(key).and_then(Json::as_str).unwrap_or_default();
    if matches!(text("kind"), "Secret" | "ConfigMap") {
        return;
    }
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    let ports = PORT_GROUPS.contains(&group);
    if text("kind") == "HorizontalPodAutoscaler"
        && let Some(Json::Array(metrics)) = root.get_mut("spec").and_then(|spec| spec.get_mut("metrics"))
    {
        once_each(metrics);
    }
    fields(root, "", ports);
}

/// Servers before 1.27 store a metric twice when it was applied in two versions of the API.
///
/// Source: kubernetes/kubernetes#117835.
fn once_each(metrics: &mut Vec<Json>) {
    let mut seen: Vec<Json> = Vec::with_capacity(metrics.len());
    for metric in metrics.drain(..) {
        if !seen.contains(&metric) {
            seen.push(metric);
        }
    }
    *metrics = seen;
}

fn fields(map: &mut Map<String, Json>, parent: &str, ports: bool) {
    for (key, value) in map.iter_mut() {
        match value {
            Json::Object(inner) => fields(inner, key, ports),
            Json::Array(items) => {
                for item in items.iter_mut().filter_map(Json::as_object_mut) {
                    if ports && key == "ports" && item.get("protocol").is_some_and(|protocol| protocol == "TCP") {
                        item.shift_remove("protocol");
                    }
                    fields(item, key, ports);
                }
            }
            Json::String(text) if INT_OR_STRING.contains(&key.as_str()) && !TEXTS.contains(&parent) => {
                if let Ok(number) = text.parse::<u32>() {
                    *value = number.into();
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn evened(mut value: Json) -> Json {
        even(&mut value);
        value
    }

    #[test]
    fn ports_are_numbers_and_their_protocol_has_a_default() {
        let service = |port: Json| evened(json!({"apiVersion": "v1", "kind": "Service", "spec": {"ports": [port]}}));
        assert_eq!(
            service(json!({"port": 5432, "targetPort": "5432", "protocol": "TCP"})),
            service(json!({"port": 5432, "targetPort": 5432}))
        );
        assert_ne!(service(json!({"port": 5432, "protocol": "UDP"})), service(json!({"port": 5432})));
        let entry = json!({"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "spec": {"ports": [{"protocol": "TCP"}]}});
        assert_eq!(evened(entry.clone()), entry);
        let labels = json!({"kind": "Pod", "metadata": {"labels": {"port": "1"}}});
        assert_eq!(evened(labels.clone()), labels);
    }

    #[test]
    fn a_metric_that_an_old_server_stored_twice_counts_once() {
        let scaler = |metrics: Json| {
            evened(
                json!({"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "spec": {"metrics": metrics}}),
            )
        };
        let cpu = json!({"type": "Resource", "resource": {"name": "cpu"}});
        assert_eq!(scaler(json!([cpu, cpu])), scaler(json!([cpu])));
    }
}

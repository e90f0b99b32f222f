//! Which pods a change restarts, and why.

use serde_json::Value as Json;

use super::compare::Change;
use super::object::ObjectId;

/// Pods that will be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restart {
    /// Which pods, and in which order.
    pub how: String,
    /// What makes them.
    pub why: Vec<String>,
}

/// The restart that the changes of a workload bring; nothing when its pods stay.
pub(super) fn restart(id: &ObjectId, new: &Json, changes: &[Change]) -> Option<Restart> {
    let mut why: Vec<String> = Vec::new();
    for change in changes.iter().filter(|change| change.path.begins_with(&["spec", "template"])) {
        let words = words(&change.path.to_string());
        if !why.contains(&words) {
            why.push(words);
        }
    }
    if why.is_empty() {
        return None;
    }
    let text = |pointer: &str| new.pointer(pointer).and_then(Json::as_str).unwrap_or_default();
    let replicas = new.pointer("/spec/replicas").and_then(Json::as_u64).unwrap_or(1);
    let pods = if replicas == 1 { "its pod restarts".to_owned() } else { format!("its {replicas} pods restart") };
    let how = match id.kind.as_str() {
        "StatefulSet" | "DaemonSet" if text("/spec/updateStrategy/type") == "OnDelete" => {
            "its pods take the change when they are deleted (`updateStrategy: OnDelete`)".to_owned()
        }
        "StatefulSet" if replicas > 1 => {
            let partition =
                new.pointer("/spec/updateStrategy/rollingUpdate/partition").and_then(Json::as_u64).unwrap_or(0);
            let below = if partition > 0 { format!(", those below ordinal {partition} stay") } else { String::new() };
            format!("{pods}, one by one, the highest ordinal first{below}")
        }
        "Deployment" if text("/spec/strategy/type") == "Recreate" => format!("{pods}: all end before new ones start"),
        "StatefulSet" | "Deployment" | "DaemonSet" => pods,
        _ => return None,
    };
    Some(Restart { how, why })
}

/// A field of the pod template in words.
fn words(path: &str) -> String {
    let inside = path.strip_prefix("spec.template.").unwrap_or(path);
    if let Some(name) =
        inside.strip_prefix("metadata.annotations[\"checksum/").and_then(|rest| rest.strip_suffix("\"]"))
    {
        return format!("the content of its {name} changes");
    }
    inside.strip_prefix("spec.").unwrap_or(inside).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::compare;
    use serde_json::json;

    #[test]
    fn only_the_template_restarts_pods_and_the_strategy_says_how() {
        let of = |kind: &str, old: Json, new: Json| {
            let id = ObjectId { kind: kind.into(), ..ObjectId::default() };
            restart(&id, &new, &compare(&old, &new))
        };
        let image = |tag: &str| json!({"spec": {"replicas": 3, "template": {"spec": {"containers": [{"name": "pg", "image": tag}]}}}});
        let found = of("StatefulSet", image("a"), image("b")).expect("a restart");
        assert_eq!(found.how, "its 3 pods restart, one by one, the highest ordinal first");
        assert_eq!(found.why, ["containers[pg].image"]);
        assert_eq!(of("StatefulSet", json!({"spec": {"replicas": 1}}), json!({"spec": {"replicas": 2}})), None);
        let sum = |text: &str| json!({"spec": {"strategy": {"type": "Recreate"}, "template": {"metadata": {"annotations": {"checksum/config": text}}}}});
        let found = of("Deployment", sum("a"), sum("b")).expect("a restart");
        assert_eq!(
            (found.how.as_str(), found.why[0].as_str()),
            ("its pod restarts: all end before new ones start", "the content of its config changes")
        );
    }
}

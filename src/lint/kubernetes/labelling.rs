//! Labels that pods give themselves.

use crate::lint::Subject;
use crate::yaml::Node;

/// Whether a Role of the run lets pods change pods: they may then carry labels that no template shows.
pub(super) fn pods_label_themselves(subject: &Subject<'_>) -> bool {
    let roles = subject.objects.iter().filter(|object| matches!(object.kind(), "Role" | "ClusterRole"));
    let mut allowed = roles.flat_map(|role| role.at(&["rules"]).and_then(Node::as_list).unwrap_or_default());
    allowed.any(|rule| {
        let has = |key: &str, word: &str| {
            let list = rule.get(key).and_then(Node::as_list).unwrap_or_default();
            list.iter().any(|node| node.as_str() == Some(word))
        };
        has("resources", "pods") && (has("verbs", "patch") || has("verbs", "update"))
    })
}

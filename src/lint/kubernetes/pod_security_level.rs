//! Pods of the release break the Pod Security level that its own Namespace enforces.
//!
//! No pod is created, and the only message is an event of the workload.
//!
//! Mend what the finding lists, or lower the level on purpose.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S038", "pod-security-level", Error, "pod_security_level.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for namespace in subject.of_kind("Namespace") {
        let Some(node) = namespace.at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]) else { continue };
        let level = node.as_str().unwrap_or_default();
        let inside = |name: &str| name.is_empty() || name == namespace.name();
        for (object, pod) in subject.pods().filter(|(object, _)| inside(object.namespace())) {
            let mut breaks = Vec::new();
            if matches!(level, "baseline" | "restricted") {
                let host = ["hostNetwork", "hostPID", "hostIPC"]
                    .iter()
                    .filter(|key| pod.spec.get(key).and_then(Node::as_bool) == Some(true));
                breaks.extend(host.map(|key| (*key).to_owned()));
                breaks.extend(
                    pod.volumes().iter().filter(|v| v.get("hostPath").is_some()).map(|_| "hostPath".to_owned()),
                );
            }
            for container in pod.containers() {
                let own = |path: &[&str]| container.node.at(&["securityContext"]).and_then(|node| node.at(path));
                if level != "privileged" && own(&["privileged"]).and_then(Node::as_bool) == Some(true) {
                    breaks.push("privileged".to_owned());
                }
                if level == "restricted" {
                    if own(&["allowPrivilegeEscalation"]).and_then(Node::as_bool) != Some(false) {
                        breaks.push("allowPrivilegeEscalation".to_owned());
                    }
                    if container.security(&pod, "runAsNonRoot").and_then(Node::as_bool) != Some(true) {
                        breaks.push("runAsNonRoot".to_owned());
                    }
                    let profile = container.security(&pod, "seccompProfile").map(|profile| text(profile, &["type"]));
                    if !matches!(profile, Some("RuntimeDefault" | "Localhost")) {
                        breaks.push("seccompProfile".to_owned());
                    }
                    if own(&["capabilities", "drop"]).and_then(Node::as_list).is_none_or(<[Node]>::is_empty) {
                        breaks.push("capabilities".to_owned());
                    }
                }
            }
            breaks.sort();
            breaks.dedup();
            if !breaks.is_empty() {
                let message = format!(
                    "{} `{}` breaks the `{level}` level that its namespace enforces",
                    object.kind(),
                    object.name()
                );
                let finding = RULE.finding(message).at(Subject::head(object), "").label(node.span, "enforced here");
                found.push(finding.note(format!("by {}", breaks.join(", "))));
            }
        }
    }
}

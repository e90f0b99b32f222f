//! Pods of the release break the Pod Security level that its own Namespace enforces.
//!
//! No pod is created, and the only message is an event of the workload.
//!
//! Mend what the finding lists, or lower the level on purpose.
//!
//! Source: Kubernetes documentation, "Pod Security Standards".

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{Container, Pod, text};
use crate::lint::rule::{Rule, rule};
use crate::postgres::check::RESTRICTED_VOLUMES;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S038", "pod-security-level", Error, "pod_security_level.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for namespace in subject.of_kind("Namespace") {
        let Some(node) = namespace.at(&["metadata", "labels", "pod-security.kubernetes.io/enforce"]) else { continue };
        let level = node.as_str().unwrap_or_default();
        if !matches!(level, "baseline" | "restricted") {
            continue;
        }
        // Objects of a chart that name no namespace go to the release's.
        let inside = |name: &str| match (name, subject.chart()) {
            ("", Some(_)) => namespace.name() == subject.release.namespace,
            ("", None) => true,
            _ => name == namespace.name(),
        };
        for (object, pod) in subject.pods().filter(|(object, _)| inside(object.namespace())) {
            let mut breaks = pod_breaks(&pod, level);
            for container in pod.containers() {
                breaks.extend(container_breaks(&pod, &container, level));
            }
            breaks.sort_unstable();
            breaks.dedup();
            if !breaks.is_empty() {
                let message = format!(
                    "{} `{}` breaks the `{level}` level that its namespace enforces",
                    object.kind(),
                    object.name()
                );
                let finding = RULE.finding(message).at(Subject::head(object), "").label(node.span, "enforced here");
                found.push(finding.note(format!("by {}", breaks.join(", "))).help("mend these, or lower the level"));
            }
        }
    }
}

/// What of the pod itself the level does not take.
fn pod_breaks(pod: &Pod<'_>, level: &str) -> Vec<&'static str> {
    let mut breaks = Vec::new();
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if pod.spec.get(key).and_then(Node::as_bool) == Some(true) {
            breaks.push(key);
        }
    }
    if pod.volumes().iter().any(|volume| volume.get("hostPath").is_some()) {
        breaks.push("hostPath");
    }
    let restricted = |volume: &Node| {
        let kinds = volume.as_map().into_iter().flatten().map(|(key, _)| key.as_str()).filter(|key| *key != "name");
        kinds.into_iter().all(|kind| RESTRICTED_VOLUMES.contains(&kind))
    };
    if level == "restricted" && !pod.volumes().iter().all(restricted) {
        breaks.push("volumes");
    }
    breaks
}

/// What of a container the level does not take.
fn container_breaks(pod: &Pod<'_>, container: &Container<'_>, level: &str) -> Vec<&'static str> {
    let own = |path: &[&str]| container.node.get("securityContext").and_then(|node| node.at(path));
    let names =
        |key: &str| own(&["capabilities", key]).and_then(Node::as_list).unwrap_or_default().iter().map(Node::as_str);
    let profile = container.security(pod, "seccompProfile").map(|profile| text(profile, &["type"]));
    let mut breaks = Vec::new();
    let mut ask = |is_broken: bool, what| {
        if is_broken {
            breaks.push(what);
        }
    };
    ask(own(&["privileged"]).and_then(Node::as_bool) == Some(true), "privileged");
    ask(profile == Some("Unconfined"), "seccompProfile");
    ask(own(&["procMount"]).and_then(Node::as_str).is_some_and(|mount| mount != "Default"), "procMount");
    let ports = container.list("ports").iter().filter_map(|port| port.get("hostPort")?.as_int());
    ask(ports.into_iter().any(|port| port != 0), "hostPort");
    if level == "restricted" {
        ask(own(&["allowPrivilegeEscalation"]).and_then(Node::as_bool) != Some(false), "allowPrivilegeEscalation");
        ask(container.security(pod, "runAsNonRoot").and_then(Node::as_bool) != Some(true), "runAsNonRoot");
        ask(container.security(pod, "runAsUser").and_then(Node::as_int) == Some(0), "runAsUser");
        ask(!matches!(profile, Some("RuntimeDefault" | "Localhost")), "seccompProfile");
        ask(!names("drop").any(|name| name == Some("ALL")), "capabilities");
        ask(names("add").any(|name| name != Some("NET_BIND_SERVICE")), "capabilities");
    } else {
        ask(names("add").any(|name| !name.is_some_and(|name| CAPABILITIES.contains(&name))), "capabilities");
    }
    breaks
}

/// The capabilities that the baseline level lets a container add.
const CAPABILITIES: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

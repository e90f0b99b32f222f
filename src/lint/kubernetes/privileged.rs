//! A container that is privileged, or a pod in the namespaces of its node.
//!
//! Whoever gets into it has the node, and every other pod there.
//!
//! Leave `privileged`, `hostNetwork`, `hostPID` and `hostIPC` out.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S017", "privileged", Error, "privileged.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for key in ["hostNetwork", "hostPID", "hostIPC"] {
            if let Some(node) = pod.spec.get(key).filter(|node| node.as_bool() == Some(true)) {
                found.push(RULE.finding(format!("the pod shares `{key}` with its node")).at(node.span, "leave it out"));
            }
        }
        for container in pod.containers() {
            let privileged = container.node.at(&["securityContext", "privileged"]);
            if let Some(node) = privileged.filter(|node: &&Node| node.as_bool() == Some(true)) {
                found.push(
                    RULE.finding(format!("container `{}` is privileged", container.name)).at(node.span, "leave it out"),
                );
            }
        }
    }
}

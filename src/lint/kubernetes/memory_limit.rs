//! A container without a memory limit, or a database whose request is less than its limit.
//!
//! Without a limit one container takes the node's memory; with a request below the limit the pod is among the first that the
//! kernel kills when the node runs short.
//!
//! Set `resources.limits.memory`; for a database set the request to the same. A limit for the whole pod counts as well.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::quantity;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S016", "memory-limit", Warning, "memory_limit.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, pod) in subject.pods().filter(|(object, _)| object.is_service()) {
        let of_the_pod = pod.spec.at(&["resources", "limits", "memory"]).is_some();
        for container in pod.containers().filter(|container| !container.is_init) {
            let of = |key: &str| container.node.at(&["resources", key, "memory"]);
            let place = container.node.get("resources").map_or(container.node.span, |node: &Node| node.span);
            let name = container.name;
            match (of("requests"), of("limits")) {
                (_, None) if !of_the_pod => {
                    let finding = RULE.finding(format!("container `{name}` has no memory limit")).at(place, "");
                    found.push(finding.help("set `resources.limits.memory`"));
                }
                (Some(request), Some(limit)) if bytes(request) < bytes(limit) => {
                    let server = subject
                        .servers()
                        .iter()
                        .any(|server| server.object.name() == object.name() && server.container.name == name);
                    if server {
                        let message = "the server may use more memory than it asked for";
                        let finding = RULE.finding(message).at(request.span, "").label(limit.span, "the limit");
                        let limit = limit.scalar_text().unwrap_or_default();
                        found.push(finding.help(format!("set `requests.memory` to the limit: `{limit}`")));
                    }
                }
                _ => {}
            }
        }
    }
}

fn bytes(node: &Node) -> Option<u64> {
    quantity::memory(&node.scalar_text()?)
}

//! A ServiceMonitor that selects no Service of the release, or asks at a port that the Service does not have.
//!
//! Nothing is scraped, and alerts on these metrics never fire.
//!
//! Let the selector match the Service's labels, and name one of its ports.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{selects, text};
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("K8S040", "monitor-without-service", Error, "monitor_without_service.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete {
        return;
    }
    for monitor in subject.of_kind("ServiceMonitor") {
        let Some(selector) = monitor.at(&["spec", "selector", "matchLabels"]) else { continue };
        let Some(wanted) = selector.as_map() else { continue };
        let labels = |node: Option<&Node>| node.and_then(Node::as_map).cloned().unwrap_or_default();
        let chosen: Vec<_> = subject
            .of_kind("Service")
            .filter(|service| selects(wanted, &labels(service.at(&["metadata", "labels"]))))
            .collect();
        if chosen.is_empty() {
            found.push(
                RULE.finding(format!("ServiceMonitor `{}` selects no Service", monitor.name())).at(selector.span, ""),
            );
            continue;
        }
        for endpoint in monitor.at(&["spec", "endpoints"]).and_then(Node::as_list).unwrap_or_default() {
            let Some(port) = endpoint.get("port") else { continue };
            let name = port.as_str().unwrap_or_default();
            let has = chosen.iter().any(|service| {
                let ports = service.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default();
                ports.iter().any(|one| text(one, &["name"]) == name)
            });
            if !has {
                let message = format!("no Service of ServiceMonitor `{}` has a port `{name}`", monitor.name());
                found.push(RULE.finding(message).at(port.span, ""));
            }
        }
    }
}

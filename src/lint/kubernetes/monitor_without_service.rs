//! A ServiceMonitor that selects no Service of the release, or asks at a port that the Service does not have.
//!
//! Nothing is scraped, and alerts on these metrics never fire.
//!
//! Let the selector match the Service's labels, and name one of its ports.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;
use crate::yaml::{Mapping, Node};

pub(super) static RULE: Rule =
    rule!("K8S040", "monitor-without-service", Error, "monitor_without_service.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete {
        return;
    }
    for monitor in subject.of_kind("ServiceMonitor") {
        let Some(selector) = monitor.at(&["spec", "selector"]) else { continue };
        // Services of other namespaces may be somebody else's.
        if monitor
            .at(&["spec", "namespaceSelector"])
            .is_some_and(|elsewhere| elsewhere.as_map().is_some_and(|map| !map.is_empty()))
        {
            continue;
        }
        let wanted = Selector::new(selector);
        let chosen: Vec<_> = subject
            .of_kind("Service")
            .filter(|service| {
                let none = Mapping::default();
                wanted.selects(service.at(&["metadata", "labels"]).and_then(Node::as_map).unwrap_or(&none))
            })
            .collect();
        if chosen.is_empty() {
            let message = format!("ServiceMonitor `{}` selects no Service", monitor.name());
            let place = selector.get("matchLabels").unwrap_or(selector).span;
            found.push(
                RULE.finding(message).at(place, "").help("select by labels that the Service has in its metadata"),
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
                let ports = chosen.iter().flat_map(|service| {
                    let ports = service.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default();
                    ports.iter().map(|one| text(one, &["name"])).filter(|name| !name.is_empty())
                });
                let names: Vec<String> = ports.map(|name| format!("`{name}`")).collect();
                let help = if names.is_empty() {
                    "name the Service's port".to_owned()
                } else {
                    format!("there is {}", names.join(", "))
                };
                found.push(RULE.finding(message).at(port.span, "").help(help));
            }
        }
    }
}

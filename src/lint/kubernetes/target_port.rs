//! A Service leads to a named port that its pods do not have.
//!
//! It has endpoints without this port, and connections to it are refused.
//!
//! Name the port in the container, or use its number.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{selects, text};
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S010", "target-port", Error, "target_port.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for service in subject.of_kind("Service") {
        let Some(wanted) = service.at(&["spec", "selector"]).and_then(Node::as_map) else { continue };
        let selected: Vec<_> = subject
            .pods()
            .filter(|(object, pod)| {
                object.is_beside(service) && pod.labels().is_some_and(|labels| selects(wanted, labels))
            })
            .collect();
        if selected.is_empty() {
            continue;
        }
        for port in service.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default() {
            let Some(target) = port.get("targetPort").filter(|target| target.as_str().is_some()) else { continue };
            let name = target.as_str().unwrap_or_default();
            let has = selected.iter().any(|(_, pod)| {
                pod.containers()
                    .any(|container| container.list("ports").iter().any(|port| text(port, &["name"]) == name))
            });
            if !has {
                let message = format!("no pod of Service `{}` has a port `{name}`", service.name());
                let help =
                    format!("add `{{name: {name}, containerPort: …}}` to the container's `ports`, or use the number");
                found.push(RULE.finding(message).at(target.span, "").help(help));
            }
        }
    }
}

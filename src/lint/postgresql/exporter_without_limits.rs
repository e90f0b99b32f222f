//! A container beside the server that has no memory limit.
//!
//! It shares the node with the database, and when it grows the kernel may choose the larger of the two.
//!
//! Give it a memory limit of its own, or the whole pod one; an exporter takes 64 to 128 MiB.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG029", "exporter-without-limits", Warning, "exporter_without_limits.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        if server.pod.spec.at(&["resources", "limits", "memory"]).is_some() {
            continue;
        }
        for container in server.pod.containers().filter(|container| !container.is_init) {
            if container.name != server.container.name
                && container.node.at(&["resources", "limits", "memory"]).is_none()
            {
                let place = container.node.get("name").map_or(container.node.span, |node| node.span);
                let message = format!("container `{}` beside the server has no memory limit", container.name);
                found.push(RULE.finding(message).at(place, "").help("set `resources.limits.memory`"));
            }
        }
    }
}

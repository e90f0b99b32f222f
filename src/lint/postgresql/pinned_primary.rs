//! The Service of the primary is pinned to one pod.
//!
//! After a failover it leads to the old primary, which comes back and takes writes: two primaries, and what was written to one is
//! lost.
//!
//! Select by a label that follows the primary, or make certain that no other pod is ever promoted.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG095", "pinned-primary", Warning, "pinned_primary.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // The built-in chart's script asks every pod before one of them writes.
    if subject.is_postgresql() || subject.texts().iter().any(|text| text.text.contains("PGCHART_PRIMARY")) {
        return;
    }
    for service in subject.of_kind("Service") {
        let Some(selector) = service.at(&["spec", "selector"]).and_then(Node::as_map) else { continue };
        let several = subject.servers().iter().any(|server| server.object.replicas() > 1);
        if let Some(entry) = selector.get("statefulset.kubernetes.io/pod-name").filter(|_| several) {
            let message = format!("Service `{}` stays with one pod, whoever is the primary", service.name());
            let help = "select by a label that follows the primary, and let only one tool promote";
            found.push(RULE.finding(message).at(entry.key, "").help(help));
        }
    }
}

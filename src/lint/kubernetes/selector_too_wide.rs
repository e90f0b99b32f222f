//! A selector of a Service, budget, policy or workload that also matches pods of another workload.
//!
//! The Service sends queries to a backup's pod, the budget counts it as a database, and a workload adopts or deletes it.
//!
//! Give each workload a label of its own, such as `app.kubernetes.io/component`, and select by it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::selects;
use crate::lint::rule::{Rule, rule};
use crate::yaml::{Mapping, Node};

pub(super) static RULE: Rule = rule!("K8S030", "selector-too-wide", Error, "selector_too_wide.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        let path: &[&str] = match object.kind() {
            "Service" => &["spec", "selector"],
            "PodDisruptionBudget" | "Deployment" | "StatefulSet" | "DaemonSet" => &["spec", "selector", "matchLabels"],
            _ => continue,
        };
        let Some(selector) = object.at(path) else { continue };
        let Some(wanted) = selector.as_map().filter(|wanted: &&Mapping| !wanted.is_empty()) else { continue };
        let selected = |node: &Mapping| selects(wanted, node);
        let owners: Vec<_> = subject
            .pods()
            .filter(|(owner, pod)| owner.is_beside(object) && pod.labels().is_some_and(selected))
            .map(|(owner, _)| owner)
            .collect();
        let is_own =
            |owner: &&&crate::lint::object::Object<'_>| owner.kind() == object.kind() && owner.name() == object.name();
        let stranger = owners.iter().find(|owner| {
            if object.pod.is_some() {
                !is_own(owner)
            } else {
                !owner.is_service() && owners.iter().any(|o| o.is_service())
            }
        });
        if let Some(stranger) = stranger {
            let message = format!(
                "{} `{}` also selects the pods of {} `{}`",
                object.kind(),
                object.name(),
                stranger.kind(),
                stranger.name()
            );
            let labels = stranger.pod.and_then(|pod| pod.node.at(&["metadata", "labels"])).map(|node: &Node| node.span);
            let finding = RULE.finding(message).at(selector.span, "");
            found.push(match labels {
                Some(span) => finding.label(span, "these labels"),
                None => finding,
            });
        }
    }
}

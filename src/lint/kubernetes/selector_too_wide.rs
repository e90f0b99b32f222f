//! A selector of a Service, budget or workload that also matches pods of another workload.
//!
//! The Service sends queries to a backup's pod, the budget counts it as a database, and workloads with overlapping selectors
//! fight over their pods.
//!
//! Give each workload a label of its own, such as `app.kubernetes.io/component`, and select by it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{Object, selects};
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;
use crate::yaml::{Mapping, Node};

pub(super) static RULE: Rule = rule!("K8S030", "selector-too-wide", Error, "selector_too_wide.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        let Some(selector) = object.at(&["spec", "selector"]) else { continue };
        let chooses: Box<dyn Fn(&Mapping) -> bool + '_> = match object.kind() {
            "Service" => match selector.as_map().filter(|wanted| !wanted.is_empty()) {
                Some(wanted) => Box::new(move |labels| selects(wanted, labels)),
                None => continue,
            },
            "PodDisruptionBudget" | "Deployment" | "StatefulSet" | "DaemonSet" => {
                let wanted = Selector::new(selector);
                if wanted.is_empty() {
                    continue;
                }
                Box::new(move |labels| wanted.selects(labels))
            }
            _ => continue,
        };
        let owners: Vec<_> = subject
            .pods()
            .filter(|(owner, pod)| owner.is_beside(object) && pod.labels().is_some_and(&chooses))
            .map(|(owner, _)| owner)
            .collect();
        let is_own = |owner: &&&Object<'_>| owner.kind() == object.kind() && owner.name() == object.name();
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
            let help = "give each workload a label of its own, such as `app.kubernetes.io/component`, and select by it";
            let finding = RULE.finding(message).at(selector.span, "").help(help);
            found.push(match labels {
                Some(span) => finding.label(span, "these labels"),
                None => finding,
            });
        }
    }
}

//! A workload whose selector does not match the labels of its own pods.
//!
//! The API server refuses it.
//!
//! Let the pods carry every label that the selector asks for.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::selects;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S008", "selector-mismatch", Error, "selector_mismatch.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, pod) in subject.pods().filter(|(object, _)| object.is_service()) {
        let Some(selector) = object.at(&["spec", "selector", "matchLabels"]) else { continue };
        let (Some(wanted), labels) = (selector.as_map(), pod.labels()) else { continue };
        if labels.is_none_or(|labels| !selects(wanted, labels)) {
            let missing = wanted.iter().find(|(key, entry)| {
                labels.and_then(|labels| labels.get(*key)).and_then(|label| label.node.scalar_text())
                    != entry.node.scalar_text()
            });
            let place = missing.map_or(selector.span, |(_, entry)| entry.key);
            let pods = pod.node.at(&["metadata", "labels"]).map_or(pod.node.span, |node: &Node| node.span);
            let message = format!("{} `{}` does not select its own pods", object.kind(), object.name());
            let finding = RULE.finding(message).at(place, "the pods lack this").label(pods, "the pods' labels");
            found.push(finding.help("add it to the labels of `spec.template`"));
        }
    }
}

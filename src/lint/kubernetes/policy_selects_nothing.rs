//! A network policy or disruption budget that matches no pod of the release.
//!
//! It protects nothing, and looks as if it did.
//!
//! Let its selector name labels that the pods carry.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;

pub(super) static RULE: Rule =
    rule!("K8S036", "policy-selects-nothing", Warning, "policy_selects_nothing.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete || subject.pods().next().is_none() {
        return;
    }
    for (kind, path) in [("NetworkPolicy", "podSelector"), ("PodDisruptionBudget", "selector")] {
        for policy in subject.of_kind(kind) {
            let Some(selector) = policy.at(&["spec", path]) else { continue };
            let wanted = Selector::new(selector);
            let labelling = super::pods_label_themselves(subject);
            let any = subject.pods().filter_map(|(_, pod)| pod.labels()).any(|labels| wanted.selects(labels));
            if !any && !labelling && !wanted.is_empty() {
                let message = format!("{kind} `{}` matches no pod", policy.name());
                let place = selector.get("matchLabels").unwrap_or(selector).span;
                found.push(RULE.finding(message).at(place, "").help("select by labels that the pods' template has"));
            }
        }
    }
}

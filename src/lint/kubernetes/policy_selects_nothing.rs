//! A network policy or disruption budget that matches no pod of the release.
//!
//! It protects nothing, and looks as if it did.
//!
//! Let its selector name labels that the pods carry.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::selects;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("K8S036", "policy-selects-nothing", Warning, "policy_selects_nothing.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete || subject.pods().next().is_none() {
        return;
    }
    for (kind, path) in [("NetworkPolicy", "podSelector"), ("PodDisruptionBudget", "selector")] {
        for policy in subject.of_kind(kind) {
            let Some(selector) = policy.at(&["spec", path, "matchLabels"]) else { continue };
            let Some(wanted) = selector.as_map() else { continue };
            let labelling = super::pods_label_themselves(subject);
            let any = subject.pods().filter_map(|(_, pod)| pod.labels()).any(|labels| selects(wanted, labels));
            if !any && !labelling {
                let message = format!("{kind} `{}` matches no pod", policy.name());
                found.push(RULE.finding(message).at(selector.span, ""));
            }
        }
    }
}

//! A Service whose selector matches no pod of the release.
//!
//! It has no endpoints, and every connection is refused.
//!
//! Let the selector name labels that the pods carry from the beginning.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::selects;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("K8S009", "service-selects-nothing", Error, "service_selects_nothing.rs", Always(check));

/// Labels that Kubernetes or the pods themselves set while they run.
const SET_LATER: [&str; 3] =
    ["statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "controller-revision-hash"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete {
        return;
    }
    let labelling = super::pods_label_themselves(subject);
    for service in subject.of_kind("Service") {
        let Some(selector) = service.at(&["spec", "selector"]) else { continue };
        let Some(wanted) = selector.as_map().filter(|wanted| !wanted.is_empty()) else { continue };
        let mut wanted = wanted.clone();
        wanted.retain(|key, _| !SET_LATER.contains(&key.as_str()));
        let matches = |labels| {
            selects(&wanted, labels)
                || labelling && {
                    let mut stable = wanted.clone();
                    stable.retain(|key, _| labels.contains_key(key));
                    stable.len() + 1 >= wanted.len() && selects(&stable, labels)
                }
        };
        let pods = subject.pods().filter(|(object, _)| object.is_beside(service));
        if pods.filter_map(|(_, pod)| pod.labels()).all(|labels| !matches(labels)) {
            let all: Vec<_> = subject.pods().filter_map(|(_, pod)| pod.labels()).collect();
            let nowhere = wanted.iter().find(|(key, entry)| {
                let value =
                    |labels: &&crate::yaml::Mapping| labels.get(*key).and_then(|label| label.node.scalar_text());
                !all.iter().any(|labels| value(labels) == entry.node.scalar_text())
            });
            let place = nowhere.map_or(selector.span, |(_, entry)| entry.key);
            let label = if nowhere.is_some() { "no pod carries this" } else { "" };
            let finding = RULE.finding(format!("Service `{}` selects no pod", service.name())).at(place, label);
            found.push(finding.help("select by labels that the pods' template has"));
        }
    }
}

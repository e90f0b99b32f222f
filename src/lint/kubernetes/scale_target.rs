//! An autoscaler whose target is not rendered.
//!
//! It scales nothing, and its status is the only place that says so.
//!
//! Name the workload as it is called.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S012", "scale-target", Error, "scale_target.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete {
        return;
    }
    for (kind, key) in [("HorizontalPodAutoscaler", "scaleTargetRef"), ("VerticalPodAutoscaler", "targetRef")] {
        for scaler in subject.of_kind(kind) {
            let Some(target) = scaler.at(&["spec", key]) else { continue };
            let (what, name) = (text(target, &["kind"]), text(target, &["name"]));
            if subject.find(what, name).is_none() {
                let place = target.get("name").map_or(target.span, |node| node.span);
                let message = format!("{kind} `{}` is for {what} `{name}`, which is not rendered", scaler.name());
                let there: Vec<&str> = subject.of_kind(what).map(crate::lint::object::Object::name).collect();
                let hint = did_you_mean(name, there).unwrap_or_default();
                found.push(RULE.finding(message).at(place, hint).help("name a workload that is rendered"));
            }
        }
    }
}

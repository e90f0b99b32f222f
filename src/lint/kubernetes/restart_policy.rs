//! A pod of a Job that restarts always, or one of a workload that does not.
//!
//! The API server refuses both.
//!
//! Jobs take `OnFailure` or `Never`; the others `Always`, which is the default.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S035", "restart-policy", Error, "restart_policy.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, pod) in subject.pods() {
        let policy = text(pod.spec, &["restartPolicy"]);
        let is_job = matches!(object.kind(), "Job" | "CronJob");
        let place = pod.spec.get("restartPolicy").map_or(pod.spec.span, |node| node.span);
        if is_job && !matches!(policy, "OnFailure" | "Never") {
            let message = format!("the pods of {} `{}` would restart always", object.kind(), object.name());
            found.push(RULE.finding(message).at(place, "").help("set `restartPolicy: OnFailure` or `Never`"));
        } else if object.is_service() && !matches!(policy, "" | "Always") {
            let message = format!("the pods of {} `{}` must restart always", object.kind(), object.name());
            found.push(RULE.finding(message).at(place, "leave it out"));
        }
    }
}

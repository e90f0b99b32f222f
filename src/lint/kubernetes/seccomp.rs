//! A container without a seccomp profile.
//!
//! It may use every system call, those with the holes of last year included. The restricted Pod Security Standard refuses the pod.
//!
//! Set `securityContext.seccompProfile.type: RuntimeDefault` for the pod.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S021", "seccomp", Warning, "seccomp.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let profile = container.security(&pod, "seccompProfile");
            let kind = profile.map(|profile| text(profile, &["type"])).unwrap_or_default();
            if !matches!(kind, "RuntimeDefault" | "Localhost") {
                let context = pod.spec.get("securityContext").map_or(pod.spec.span, |node| node.span);
                let place = profile.map_or(context, |node| node.span);
                let message = format!("container `{}` has no seccomp profile", container.name);
                found.push(RULE.finding(message).at(place, "").help("set `seccompProfile: {type: RuntimeDefault}`"));
            }
        }
    }
}

//! A container whose processes may get more rights than it began with.
//!
//! A program with the setuid bit is enough. The restricted Pod Security Standard refuses the pod.
//!
//! Set `securityContext.allowPrivilegeEscalation: false` for each container.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("K8S018", "privilege-escalation", Warning, "privilege_escalation.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            if let Some(place) = container.misses_switch("allowPrivilegeEscalation", false) {
                let message = format!("container `{}` may get more rights than it began with", container.name);
                found.push(RULE.finding(message).at(place, "").help("set `allowPrivilegeEscalation: false`"));
            }
        }
    }
}

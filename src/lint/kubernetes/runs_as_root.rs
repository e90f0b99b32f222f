//! A container that may run as root.
//!
//! Nothing in a database needs it, and what escapes from a container as root is root on the node. The restricted Pod Security
//! Standard refuses the pod.
//!
//! Set `securityContext.runAsNonRoot: true` and the image's own user.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S019", "runs-as-root", Warning, "runs_as_root.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let non_root = container.security(&pod, "runAsNonRoot");
            let user = container.security(&pod, "runAsUser");
            let is_root = user.is_some_and(|user| user.as_int() == Some(0));
            if !is_root && non_root.is_some_and(|node| node.as_bool() == Some(true)) {
                continue;
            }
            let context = container.node.get("securityContext").map_or(container.node.span, |node| node.span);
            let place = user.filter(|_| is_root).or(non_root).map_or(context, |node| node.span);
            let what = if is_root { "runs" } else { "may run" };
            let message = format!("container `{}` {what} as root", container.name);
            found.push(RULE.finding(message).at(place, "").help("set `runAsNonRoot: true`"));
        }
    }
}

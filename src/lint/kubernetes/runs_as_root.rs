//! A container that runs as root, or that nothing keeps from it.
//!
//! Nothing in a database needs it, and what escapes from a container as root is root on the node. The restricted Pod Security
//! Standard refuses the pod.
//!
//! Set `securityContext.runAsNonRoot: true` and the image's own user.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

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
            let name = container.name;
            let message = match user.and_then(Node::as_int) {
                Some(0) => format!("container `{name}` runs as root"),
                Some(user) => format!("container `{name}` runs as {user}, and nothing forbids root"),
                None => format!("container `{name}` may run as root"),
            };
            let help = if is_root {
                "set `runAsUser` to the image's own user, and `runAsNonRoot: true`"
            } else {
                "set `runAsNonRoot: true`"
            };
            found.push(RULE.finding(message).at(place, "").help(help));
        }
    }
}

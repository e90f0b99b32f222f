//! A container keeps capabilities of the kernel, or adds some.
//!
//! The default set changes files of other users and opens raw sockets. The restricted Pod Security Standard allows none but
//! `NET_BIND_SERVICE`.
//!
//! Set `securityContext.capabilities.drop: [ALL]`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S020", "capabilities", Warning, "capabilities.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let list = |key: &str| {
                container.node.at(&["securityContext", "capabilities", key]).and_then(Node::as_list).unwrap_or_default()
            };
            let context = container.node.get("securityContext").map_or(container.node.span, |node| node.span);
            if !list("drop").iter().any(|node| node.as_str().is_some_and(|name| name.eq_ignore_ascii_case("all"))) {
                let message = format!("container `{}` keeps the default capabilities", container.name);
                found.push(RULE.finding(message).at(context, "").help("drop them: `capabilities: {drop: [ALL]}`"));
            }
            for added in list("add").iter().filter(|node| node.as_str() != Some("NET_BIND_SERVICE")) {
                let name = added.as_str().unwrap_or_default();
                let message = format!("container `{}` adds capability `{name}`", container.name);
                found.push(RULE.finding(message).at(added.span, "leave it out"));
            }
        }
    }
}

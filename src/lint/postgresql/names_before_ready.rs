//! The headless Service hides pods that are not ready.
//!
//! A standby that is being made is not ready, and neither is the primary that waits for it: they cannot find each other by name.
//!
//! Set `publishNotReadyAddresses: true`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG017", "names-before-ready", Warning, "names_before_ready.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers().iter().filter(|server| server.object.replicas() > 1) {
        let name = text(server.object.root(), &["spec", "serviceName"]);
        let Some(service) = subject.find("Service", name) else { continue };
        let node = service.at(&["spec", "publishNotReadyAddresses"]);
        if node.and_then(Node::as_bool) != Some(true) {
            let place = node.map_or_else(|| Subject::head(service), |node| node.span);
            let message = format!("Service `{name}` hides pods that are not ready, which standbys have to find");
            found.push(RULE.finding(message).at(place, "").help("set `publishNotReadyAddresses: true`"));
        }
    }
}

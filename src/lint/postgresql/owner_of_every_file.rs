//! The kubelet changes the owner of every file of the volume before the server starts.
//!
//! With `fsGroup` alone it does so at each start: minutes for a large database.
//!
//! Set `fsGroupChangePolicy: OnRootMismatch`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG010", "owner-of-every-file", Warning, "owner_of_every_file.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers().iter().filter(|server| server.data_volumes().next().is_some()) {
        let context = server.pod.spec.get("securityContext");
        let Some(group) = context.and_then(|context| context.get("fsGroup")) else { continue };
        let policy = context.and_then(|context| context.get("fsGroupChangePolicy")).and_then(Node::as_str);
        if policy != Some("OnRootMismatch") {
            let message = "every start changes the owner of every file of the database";
            found.push(RULE.finding(message).at(group.span, "").help("set `fsGroupChangePolicy: OnRootMismatch`"));
        }
    }
}

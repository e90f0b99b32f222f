//! A container that can write to its own root file system.
//!
//! What somebody brings in stays there and runs, and a full root takes the node's disk.
//!
//! Set `securityContext.readOnlyRootFilesystem: true`, and mount an `emptyDir` where the program writes: `/tmp`, `/run`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S022", "writable-root", Warning, "writable_root.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            if let Some(place) = container.misses_switch("readOnlyRootFilesystem", true) {
                let message = format!("container `{}` can write to its root file system", container.name);
                found.push(RULE.finding(message).at(place, "").help("set `readOnlyRootFilesystem: true`"));
            }
        }
    }
}

//! A volume is a directory of the node.
//!
//! The pod reads and writes what belongs to the node, and finds something else when it moves. The baseline Pod Security Standard
//! refuses it.
//!
//! Use a claim; for local disks a StorageClass of a local provisioner.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S024", "host-path", Error, "host_path.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for volume in pod.volumes() {
            if let Some(node) = volume.get("hostPath") {
                let message = format!("volume `{}` is a directory of the node", text(volume, &["name"]));
                found.push(RULE.finding(message).at(node.span, "use a claim, or an `emptyDir`"));
            }
        }
    }
}

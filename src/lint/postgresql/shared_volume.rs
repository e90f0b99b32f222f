//! The data directory is on a volume that several nodes may write to, or on a directory of the node.
//!
//! Two servers on one data directory destroy it, and what `ReadWriteMany` stands on is seldom a file system that keeps the order of
//! writes.
//!
//! Use a claim with `ReadWriteOnce`, or `ReadWriteOncePod`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG009", "shared-volume", Error, "shared_volume.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for (_, claim) in server.data_volumes() {
            let modes = claim.at(&["spec", "accessModes"]).and_then(Node::as_list).unwrap_or_default();
            for mode in modes.iter().filter(|mode| mode.as_str() == Some("ReadWriteMany")) {
                found.push(
                    RULE.finding("several pods may write to the data directory at once")
                        .at(mode.span, "use `ReadWriteOnce`"),
                );
            }
        }
        for volume in server.pod.volumes().iter().filter(|volume| volume.get("hostPath").is_some()) {
            let name = text(volume, &["name"]);
            let mount = server.container.list("volumeMounts").iter().find(|mount| text(mount, &["name"]) == name);
            if mount.is_some_and(|mount| text(mount, &["mountPath"]).contains("postgres")) {
                let place = volume.get("hostPath").map_or(volume.span, |node| node.span);
                found.push(RULE.finding("the data directory is a directory of the node").at(place, "use a claim"));
            }
        }
    }
}

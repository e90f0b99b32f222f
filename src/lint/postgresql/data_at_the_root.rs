//! The data directory is the root of its volume.
//!
//! Most file systems have a `lost+found` there, and `initdb` refuses a directory that is not empty. A volume that is not mounted
//! looks like an empty database.
//!
//! Let `PGDATA` be a directory below the mount.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG008", "data-at-the-root", Error, "data_at_the_root.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some(data) = server.data_directory() else { continue };
        for (mount, _) in server.data_volumes() {
            let path = text(mount, &["mountPath"]).trim_end_matches('/');
            if path == data && text(mount, &["subPath"]).is_empty() {
                let place = mount.get("mountPath").map_or(mount.span, |node| node.span);
                let finding =
                    RULE.finding(format!("the data directory `{data}` is the root of its volume")).at(place, "");
                found.push(finding.help(format!("set `PGDATA` to `{data}/pgdata`")));
            }
        }
    }
}

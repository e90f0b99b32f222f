//! A volume for the write-ahead log that the server does not use.
//!
//! The log stays in the data directory; the volume is paid for, and sizes count on it.
//!
//! Make the database with `initdb --waldir`, or leave the volume out.

use super::server::is_for_the_log;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG081", "wal-volume-unused", Warning, "wal_volume_unused.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for (mount, _) in server.data_volumes() {
            let path = text(mount, &["mountPath"]);
            let is_log = is_for_the_log(mount);
            let used = subject.texts().iter().any(|text| {
                text.text.contains("waldir") || text.text.contains("POSTGRES_INITDB_WALDIR") || text.text.contains(path)
            });
            if is_log && !used && server.variable("POSTGRES_INITDB_WALDIR").is_none() && !path.ends_with("pg_wal") {
                let place = mount.get("mountPath").map_or(mount.span, |node| node.span);
                let finding = RULE.finding("nothing puts the write-ahead log on this volume").at(place, "");
                found.push(finding.help(format!("set `POSTGRES_INITDB_WALDIR` to a directory below `{path}`")));
            }
        }
    }
}

//! The data directory lies on none of the volumes.
//!
//! The server writes into its container, and the database is gone when that restarts. The official image moved its directory with
//! PostgreSQL 18, from `/var/lib/postgresql/data` to `/var/lib/postgresql/18/docker`: a volume at the old place stays empty.
//!
//! Let `PGDATA` be a directory below the mount of a volume.
//!
//! Source: documentation of the official image, "PGDATA".

use super::server::is_within;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG100", "data-outside-its-volume", Error, "data_outside_its_volume.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        // A command of its own may do something else than serve.
        if !server.object.is_service() || !server.container.list("command").is_empty() {
            continue;
        }
        let Some(data) = server.data_directory() else { continue };
        let mounts = server.container.list("volumeMounts");
        if mounts.iter().any(|mount| is_within(&data, text(mount, &["mountPath"]))) {
            continue;
        }
        let set = server.variable("PGDATA").and_then(|variable| variable.get("value"));
        let place = set.or_else(|| server.container.node.get("image")).unwrap_or(server.container.node);
        let mut finding = RULE.finding(format!("the data directory `{data}` is on no volume")).at(place.span, "");
        let claim = server.volumes().next().and_then(|(mount, _)| mount.get("mountPath"));
        let help = match claim.and_then(|node| node.as_str()) {
            Some(path) => format!("set `PGDATA` to `{}/pgdata`", path.trim_end_matches('/')),
            None => format!("mount a claim at `{data}`, and let `PGDATA` be a directory below it"),
        };
        if let Some(node) = claim {
            finding = finding.label(node.span, "the volume is here");
        }
        found.push(finding.help(help));
    }
}

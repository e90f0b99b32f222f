//! A backup that mounts the volume of the database.
//!
//! `ReadWriteOnce` lets it run on the same node only, files that are copied under a running server are no backup, and a backup on
//! the volume that it saves is lost with it.
//!
//! Connect over the network, and write to another volume or a store.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG022", "backup-on-the-data-volume", Error, "backup_on_the_data_volume.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let mut claims: Vec<String> = Vec::new();
    for server in subject.servers() {
        for (mount, claim) in server.data_volumes() {
            let name = text(claim, &["metadata", "name"]);
            let volume = text(mount, &["name"]);
            claims.push(name.to_owned());
            if server.object.kind() == "StatefulSet" {
                let replicas = server.object.replicas().clamp(1, 20);
                claims.extend((0..replicas).map(|number| format!("{volume}-{}-{number}", server.object.name())));
            }
        }
    }
    for (object, pod) in subject.pods().filter(|(object, _)| matches!(object.kind(), "CronJob" | "Job")) {
        for volume in pod.volumes() {
            let Some(node) = volume.at(&["persistentVolumeClaim", "claimName"]) else { continue };
            if node.as_str().is_some_and(|name| claims.iter().any(|claim| claim == name)) {
                let message = format!("{} `{}` mounts the volume of the database", object.kind(), object.name());
                let help = "dump over the network: `pg_dump -h SERVICE`, to another claim or a store";
                found.push(RULE.finding(message).at(node.span, "").help(help));
            }
        }
    }
}

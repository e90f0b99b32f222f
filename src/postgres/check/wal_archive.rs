//! An archive on a volume: one that all servers reach, beside no other, with backups that come and a restore that can be meant.

use super::{Subject, recovery, run};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::cron::Cron;
use crate::postgres::hba;
use crate::schema::types::AccessMode;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let archive = &subject.values.wal_archive;
    if !archive.enabled {
        return;
    }
    alone(subject, found);
    volume(subject, found);
    run(subject, found, &[("PG057", login)]);
    if let Err(problem) = Cron::parse(&archive.schedule) {
        let place = own(subject, &["schedule"]);
        found.push(Diagnostic::error(format!("`{}` is no schedule", archive.schedule)).at(place, problem));
    }
    let restore = &archive.restore;
    let request = recovery::Request {
        section: "walArchive",
        kind: restore.kind,
        target: restore.target.as_ref(),
        exclusive: restore.exclusive,
    };
    recovery::check(subject, request, found);
}

fn own(subject: Subject<'_>, path: &[&str]) -> Span {
    subject.span(&[&["walArchive"], path].concat())
}

/// The server has one archive.
fn alone(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let enabled = own(subject, &["enabled"]);
    if subject.values.pgbackrest.enabled {
        found.push(
            Diagnostic::error("the server hands its log to one archive, and pgBackRest has one")
                .at(enabled, "")
                .label(subject.span(&["pgbackrest", "enabled"]), "the other one")
                .help("where the image has pgBackRest it is the better one: it makes incremental backups, and knows object stores"),
        );
    }
    if subject.values.has_patroni() {
        found.push(
            Diagnostic::error(
                "Patroni has a way of its own to archive and to restore, which the chart does not set up",
            )
            .at(enabled, "")
            .label(subject.span(&["replication", "manager"]), "the manager")
            .help("set `replication.manager: none`, or let the image archive, by `postgresql.config.archive_command`"),
        );
    }
}

/// A volume that only one node sees is no archive for several servers.
fn volume(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let volume = &subject.values.wal_archive.volume;
    let filled = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    if filled(&volume.existing_claim) {
        return;
    }
    if subject.values.is_ha() && !volume.access_modes.contains(&AccessMode::ReadWriteMany) {
        found.push(
            Diagnostic::error("every server needs the archive, and this volume is for one node")
                .at(own(subject, &["volume", "accessModes"]), "")
                .help("use `[ReadWriteMany]` where the storage offers it, or `pgbackrest` with an object store"),
        );
    }
    if !filled(&volume.size) {
        found.push(
            Diagnostic::error("the volume of the archive needs a size")
                .at(own(subject, &["volume"]), "")
                .help("set `walArchive.volume.size`"),
        );
    }
}

/// A file of the user's own has to let base backups in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    let lets_in = |line: &String| line.trim_start().starts_with("local") && hba::is_for_replication(line);
    if lines.is_empty() || lines.iter().any(lets_in) {
        return;
    }
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets base backups in")
            .at(subject.span(&["postgresql", "hbaOverride"]), "`all` does not stand for `replication`")
            .help("add `local replication postgres peer`"),
    );
}

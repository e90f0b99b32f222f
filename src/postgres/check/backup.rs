//! Backups: schedules that come, stores that can be reached, something that stays, and a restore that is meant.

use std::time::Duration;

use super::{Subject, run};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::backup::{self, MANAGED, MANAGED_BY_RESTORE, filled};
use crate::postgres::cron::Cron;
use crate::postgres::setting::Setting;
use crate::postgres::{facts, hba};
use crate::schema::types::{BackupSource, Destination};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = &subject.values.backup;
    if filled(values.restore.backup.as_deref()).is_some() {
        run(subject, found, &[("PG064", restore)]);
    }
    if !values.enabled {
        return;
    }
    run(subject, found, &[("PG061", schedules), ("PG062", retention)]);
    match values.destination {
        Destination::Pvc => {}
        Destination::Nfs => nfs(subject, found),
        Destination::S3 => s3(subject, found),
    }
    run(subject, found, &[("PG063", source), ("PG057", login)]);
    options(subject, &["backup", "options"], "pg_dump", MANAGED, found);
    if values.encryption.enabled && filled(values.encryption.existing_secret.as_deref()).is_none() {
        found.push(
            Diagnostic::error("encrypted backups need a key")
                .at(own(subject, &["encryption", "enabled"]), "")
                .help("make one with `openssl rand -hex 32`, keep a copy elsewhere, and name its Secret in `backup.encryption.existingSecret`"),
        );
    }
}

fn own(subject: Subject<'_>, path: &[&str]) -> Span {
    subject.span(&[&["backup"], path].concat())
}

fn schedules(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = &subject.values.backup;
    if values.time_zone.as_deref() == Some("Local") {
        let error = Diagnostic::error("Kubernetes takes no time zone `Local`").at(own(subject, &["timeZone"]), "");
        found.push(error.help("name one, such as `Europe/Berlin`, or leave it empty"));
    }
    if let Some(pause) = schedule(&values.schedule, own(subject, &["schedule"]), found) {
        deadline(subject, pause, values.active_deadline_seconds, &["activeDeadlineSeconds"], found);
        aged(subject, pause, found);
    }
    if values.verify.enabled
        && let Some(pause) = schedule(&values.verify.schedule, own(subject, &["verify", "schedule"]), found)
    {
        let place = ["verify", "activeDeadlineSeconds"];
        deadline(subject, pause, values.verify.active_deadline_seconds, &place, found);
    }
}

/// The longest pause of a schedule; none when it is wrong.
fn schedule(text: &str, place: Span, found: &mut Vec<Diagnostic>) -> Option<Duration> {
    match Cron::parse(text) {
        Ok(cron) => cron.longest_pause(),
        Err(error) => {
            let wrong = Diagnostic::error(error).at(place, "");
            found.push(
                wrong.help("write minute, hour, day, month and day of the week, such as `0 2 * * *` for every night"),
            );
            None
        }
    }
}

/// A run that still goes on when the next one is due has that one left out.
fn deadline(subject: Subject<'_>, pause: Duration, deadline: u32, place: &[&str], found: &mut Vec<Diagnostic>) {
    if Duration::from_secs(deadline.into()) <= pause {
        return;
    }
    let message = format!("a run may take {deadline} s, and the next one comes after {} s at most", pause.as_secs());
    found.push(Diagnostic::warning(message).at(own(subject, place), "the next one is then left out").label(
        own(subject, &place.split_last().map_or(vec!["schedule"], |(_, above)| [above, &["schedule"]].concat())),
        "the schedule",
    ));
}

/// Days that are over before the next backup leave the least number that stays.
fn aged(subject: Subject<'_>, pause: Duration, found: &mut Vec<Diagnostic>) {
    let retention = &subject.values.backup.retention;
    let Some(days) = retention.days.filter(|days| Duration::from_secs(u64::from(*days) * 86_400) < pause) else {
        return;
    };
    let message = format!("backups go after {days} days, and the next one may come later than that");
    found.push(
        Diagnostic::warning(message)
            .at(own(subject, &["retention", "days"]), format!("only the newest {} stay", retention.minimum)),
    );
}

fn retention(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let retention = &subject.values.backup.retention;
    if let Some(maximum) = retention.maximum.filter(|maximum| *maximum < retention.minimum) {
        found.push(
            Diagnostic::error(format!("at most {maximum} backups are fewer than the {} that stay", retention.minimum))
                .at(own(subject, &["retention", "maximum"]), "")
                .label(own(subject, &["retention", "minimum"]), "must not be more"),
        );
    }
    if retention.days.is_none() && retention.maximum.is_none() {
        found.push(
            Diagnostic::warning("no backup is ever removed").at(own(subject, &["retention"]), "").help(
                "set `backup.retention.days` or `backup.retention.maximum`, unless the store has rules of its own",
            ),
        );
    }
}

fn nfs(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let nfs = &subject.values.backup.nfs;
    for (given, key, example) in [(&nfs.server, "server", "nfs.example.com"), (&nfs.path, "path", "/exports/backups")] {
        if filled(given.as_deref()).is_none() {
            found.push(
                Diagnostic::error(format!("destination `nfs` needs `backup.nfs.{key}`"))
                    .at(own(subject, &["destination"]), "")
                    .help(format!("set it, such as `{example}`")),
            );
        }
    }
}

fn s3(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let s3 = &subject.values.backup.s3;
    let secret = filled(s3.existing_secret.as_deref()).is_some();
    let mut missing = |message: &str, help: &str| {
        found.push(Diagnostic::error(message).at(own(subject, &["destination"]), "").help(help));
    };
    if filled(s3.bucket.as_deref()).is_none() {
        missing("destination `s3` needs a bucket", "set `backup.s3.bucket`; it has to be there");
    }
    if !secret && !s3.use_service_account {
        missing(
            "destination `s3` needs credentials",
            "name a Secret in `backup.s3.existingSecret`, or set `backup.s3.useServiceAccount: true` where a cloud gives them to the pods",
        );
    }
    if secret && s3.use_service_account {
        found.push(
            Diagnostic::error("the credentials come from a Secret or with the ServiceAccount, not from both")
                .at(own(subject, &["s3", "useServiceAccount"]), "")
                .label(own(subject, &["s3", "existingSecret"]), "the Secret"),
        );
    }
    if s3.endpoint.as_deref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        let warning = Diagnostic::warning("credentials and backups go to this store without encryption");
        let warning = warning.at(own(subject, &["s3", "endpoint"]), "");
        found.push(warning.help("use `https://`, with `backup.s3.caSecret` for a CA of your own"));
    }
}

/// A standby to read, which does not end the dump.
fn source(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    if values.backup.source != BackupSource::Standby {
        return;
    }
    let place = own(subject, &["source"]);
    if !values.is_ha() {
        let error = Diagnostic::error("there is no standby that backups could read").at(place, "");
        found.push(error.help("set `mode: ha`, or `backup.source: primary`"));
    } else if !values.service.read_only.enabled {
        let error = Diagnostic::error("standbys cannot be reached without their Service").at(place, "");
        found.push(error.help("set `service.readOnly.enabled: true`"));
    } else if facts::setting(values, "hot_standby_feedback") != Some(Setting::Bool(true)) {
        found.push(
            Diagnostic::warning("a standby ends a dump that holds replay up")
                .at(place, "")
                .help("set `hot_standby_feedback: on` in `postgresql.config`: the primary then keeps the rows that a dump still reads"),
        );
    }
}

/// A file of the user's own has to let the role in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    let role = &subject.values.backup.username;
    if !lines.is_empty() && !hba::lets_in(lines, "postgres", role) {
        found.push(
            Diagnostic::error("no line of this pg_hba.conf lets backups in")
                .at(subject.span(&["postgresql", "hbaOverride"]), "")
                .help(format!("add `host all {role} all scram-sha-256`")),
        );
    }
}

fn options(
    subject: Subject<'_>,
    path: &[&str],
    program: &str,
    all: &'static [(&str, &str)],
    found: &mut Vec<Diagnostic>,
) {
    for node in subject.node.at(path).and_then(Node::as_list).unwrap_or_default() {
        let option = node.as_str().unwrap_or_default();
        if let Some((name, why)) = backup::managed(option, all) {
            found.push(Diagnostic::error(format!("the chart sets `{name}` of {program} itself")).at(node.span, why));
        }
    }
}

/// What is replaced was named twice, and somebody can do it.
fn restore(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let restore = &values.backup.restore;
    let place = own(subject, &["restore", "backup"]);
    if !values.backup.enabled {
        let error = Diagnostic::error("a restore needs to know where backups are").at(place, "");
        found.push(error.help("set `backup.enabled: true`, with its destination"));
    }
    options(subject, &["backup", "restore", "options"], "pg_restore", MANAGED_BY_RESTORE, found);
    let Some(target) = filled(restore.target.as_deref()) else {
        let error = Diagnostic::error("nothing says which database is restored to").at(place, "");
        found.push(error.help("set `backup.restore.target` to a database that these values declare"));
        return;
    };
    let at_target = own(subject, &["restore", "target"]);
    if restore.confirm.as_deref() != Some(target) {
        found.push(
            Diagnostic::error(format!(
                "the restore replaces what is in database `{target}`, and nobody has confirmed that"
            ))
            .at(at_target, "")
            .help(format!("set `backup.restore.confirm: {target}`")),
        );
    }
    let postgresql = &values.postgresql;
    let Some(owner) = backup::owner(values, target) else {
        let known =
            postgresql.databases.iter().map(|database| database.name.as_str()).chain([postgresql.database.as_str()]);
        let error = Diagnostic::error(format!("database `{target}` is not declared"));
        let error = error.at(at_target, did_you_mean(target, known).unwrap_or_default());
        found.push(error.help(format!("add it: `postgresql.databases: [{{name: {target}}}]`, and apply that first")));
        return;
    };
    if backup::Restore::new(values).is_none() {
        found.push(
            Diagnostic::error(format!("nobody has the password of `{owner}`, who owns database `{target}`"))
                .at(at_target, "")
                .help("declare the owner in `postgresql.roles` with `login: true`; where a Secret is brought along, with its own `existingSecret`"),
        );
    }
}

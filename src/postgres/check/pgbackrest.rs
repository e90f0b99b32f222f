//! pgBackRest: a repository that all servers reach, credentials that are there, schedules that come, and a restore that can be meant.

use super::{Subject, recovery};
use crate::diagnostic::{Diagnostic, Span};
use crate::postgres::cron::Cron;
use crate::postgres::pgbackrest::{self, MANAGED, SECRET};
use crate::postgres::quantity;
use crate::schema::types::{AccessMode, AzureKeyType, CompressType, GcsKeyType, RepositoryType, S3KeyType, Scalar};
use crate::yaml::Node;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.values.pgbackrest.enabled {
        return;
    }
    patroni(subject, found);
    store(subject, found);
    credentials(subject, found);
    volume(subject, found);
    schedules(subject, found);
    compression(subject, found);
    queue(subject, found);
    config(subject, found);
    let restore = &subject.values.pgbackrest.restore;
    let request = recovery::Request {
        section: "pgbackrest",
        kind: restore.kind,
        target: restore.target.as_ref(),
        exclusive: restore.exclusive,
    };
    recovery::check(subject, request, found);
}

fn own(subject: Subject<'_>, path: &[&str]) -> Span {
    subject.span(&[&["pgbackrest"], path].concat())
}

fn is_empty(text: Option<&String>) -> bool {
    text.is_none_or(String::is_empty)
}

fn unset(scalar: Option<&Scalar>) -> bool {
    scalar.is_none_or(|scalar| scalar.to_string().is_empty())
}

/// Patroni creates, copies and recovers databases itself.
fn patroni(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.values.has_patroni() {
        return;
    }
    found.push(
        Diagnostic::error("Patroni has a way of its own to archive and to restore, which the chart does not set up")
            .at(own(subject, &["enabled"]), "")
            .label(subject.span(&["replication", "manager"]), "the manager")
            .help("set `replication.manager: none`: pods keep their roles until the values change, and backups and restores are the chart's")
            .help("or let the image archive, by `postgresql.config.archive_command`"),
    );
}

/// What a store has to be told.
fn store(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let repository = &subject.values.pgbackrest.repository;
    let (section, needed): (_, &[(&str, &Option<String>)]) = match repository.kind {
        RepositoryType::Posix => return,
        RepositoryType::S3 => (
            "s3",
            &[
                ("bucket", &repository.s3.bucket),
                ("endpoint", &repository.s3.endpoint),
                ("region", &repository.s3.region),
            ],
        ),
        RepositoryType::Gcs => ("gcs", &[("bucket", &repository.gcs.bucket)]),
        RepositoryType::Azure => {
            ("azure", &[("account", &repository.azure.account), ("container", &repository.azure.container)])
        }
    };
    for (key, _) in needed.iter().filter(|(_, value)| is_empty(value.as_ref())) {
        found.push(
            Diagnostic::error(format!("a repository in {section} needs `{section}.{key}`"))
                .at(own(subject, &["repository", "type"]), "")
                .help(format!("set `pgbackrest.repository.{section}.{key}`")),
        );
    }
    if !repository.tls.verify {
        found.push(
            Diagnostic::warning("nobody verifies whom backups go to, and where a restore comes from")
                .at(own(subject, &["repository", "tls", "verify"]), "")
                .help("name the store's CA instead: `pgbackrest.repository.tls.caSecret`"),
        );
    }
}

/// Every secret comes from somewhere.
fn credentials(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let repository = &subject.values.pgbackrest.repository;
    if !is_empty(repository.existing_secret.as_ref()) {
        return;
    }
    let (s3, azure) = (&repository.s3, &repository.azure);
    let shared = repository.kind == RepositoryType::S3 && s3.key_type == S3KeyType::Shared;
    let key = repository.kind == RepositoryType::Azure && azure.key_type != AzureKeyType::Auto;
    let file = repository.kind == RepositoryType::Gcs && repository.gcs.key_type == GcsKeyType::Service;
    let mut missing = Vec::new();
    missing.extend((shared && unset(s3.access_key.as_ref())).then_some("s3.accessKey"));
    missing.extend((shared && unset(s3.secret_key.as_ref())).then_some("s3.secretKey"));
    missing.extend((key && unset(azure.key.as_ref())).then_some("azure.key"));
    for name in missing {
        found.push(
            Diagnostic::error(format!("nothing says what `{name}` is"))
                .at(own(subject, &["repository", "type"]), "")
                .help(format!(
                    "name a Secret that has it, `pgbackrest.repository.existingSecret`, or set `pgbackrest.repository.{name}`"
                )),
        );
    }
    if file {
        found.push(
            Diagnostic::error("the key file of Google's service account is in no Secret")
                .at(own(subject, &["repository", "type"]), "")
                .help("name one: `pgbackrest.repository.existingSecret`, or set `gcs.keyType: auto`"),
        );
    }
}

/// A volume that only one node sees is no repository for several servers.
fn volume(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let repository = &values.pgbackrest.repository;
    if repository.kind != RepositoryType::Posix {
        return;
    }
    let posix = &repository.posix;
    let claimed = !is_empty(posix.existing_claim.as_ref());
    if !claimed && values.is_ha() && !posix.access_modes.contains(&AccessMode::ReadWriteMany) {
        found.push(
            Diagnostic::error("every server needs the repository, and this volume is for one node")
                .at(own(subject, &["repository", "posix", "accessModes"]), "")
                .help("use `[ReadWriteMany]` where the storage offers it, or an object store: `pgbackrest.repository.type: s3`"),
        );
    }
    if !claimed && is_empty(posix.size.as_ref()) {
        found.push(
            Diagnostic::error("the volume of the repository needs a size")
                .at(own(subject, &["repository", "posix"]), "")
                .help("set `pgbackrest.repository.posix.size`"),
        );
    }
}

fn schedules(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let schedules = &subject.values.pgbackrest.schedules;
    let all =
        [("full", &schedules.full), ("differential", &schedules.differential), ("incremental", &schedules.incremental)];
    for (key, text) in all {
        let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else { continue };
        if let Err(problem) = Cron::parse(text) {
            let place = own(subject, &["schedules", key]);
            found.push(Diagnostic::error(format!("`{text}` is no schedule")).at(place, problem));
        }
    }
    if is_empty(schedules.full.as_ref()) {
        found.push(
            Diagnostic::warning(
                "no further full backup is made: the first one is kept for ever, and all of the log since",
            )
            .at(own(subject, &["schedules", "full"]), "")
            .help("set `pgbackrest.schedules.full`, such as `0 2 * * 0`"),
        );
    }
}

fn compression(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let pgbackrest = &subject.values.pgbackrest;
    let levels = pgbackrest.compress_type.levels();
    if let Some(level) = pgbackrest.compress_level.filter(|level| !levels.contains(level)) {
        let message = match pgbackrest.compress_type {
            CompressType::None => "without compression there is no level of it".to_owned(),
            other => format!("{} has levels from {} to {}, not {level}", other.name(), levels.start(), levels.end()),
        };
        found.push(Diagnostic::error(message).at(own(subject, &["compressLevel"]), ""));
    }
    if pgbackrest.repository.block && !pgbackrest.repository.bundle {
        found.push(
            Diagnostic::error("parts of files are kept in bundles only")
                .at(own(subject, &["repository", "block"]), "")
                .help("set `pgbackrest.repository.bundle: true`"),
        );
    }
}

/// What may wait has to fit on the volume.
fn queue(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let place = own(subject, &["archive", "queueMax"]);
    let wal = &values.persistence.wal;
    let (size, what) = match wal.enabled {
        Some(true) => (wal.size.as_deref(), "of the write-ahead log"),
        _ => (values.persistence.size.as_deref(), "of the data"),
    };
    let Some(size) = size.and_then(quantity::memory) else { return };
    match pgbackrest::queue_max(values) {
        None => found.push(
            Diagnostic::warning(
                "while the repository is away the log grows until its volume is full, and then the server stops",
            )
            .at(place, "")
            .help("leave it empty, or name how much may wait"),
        ),
        Some(bytes) if bytes >= size => found.push(
            Diagnostic::error(format!("more of the log may wait than the volume {what} holds"))
                .at(place, "")
                .help("use at most half of the volume"),
        ),
        Some(_) => {}
    }
}

fn config(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let entries = subject.node.at(&["pgbackrest", "config"]).and_then(Node::as_map);
    for (name, entry) in entries.into_iter().flatten() {
        if let Some((_, why)) = MANAGED.iter().find(|(managed, _)| managed == name) {
            found.push(Diagnostic::error(format!("the chart sets `{name}` itself")).at(entry.key, *why));
        } else if SECRET.iter().any(|end| name.ends_with(end)) {
            found.push(
                Diagnostic::error(format!("`{name}` is a secret, and this file is none"))
                    .at(entry.key, "")
                    .help("use `pgbackrest.repository.existingSecret`, or a variable `PGBACKREST_…` of `extraEnv` with a `secretKeyRef`"),
            );
        } else if !name.starts_with(|c: char| c.is_ascii_lowercase())
            || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        {
            found.push(
                Diagnostic::error(format!("`{name}` is no setting of pgBackRest"))
                    .at(entry.key, "small letters, digits and `-`, without the `--` of the command line"),
            );
        }
        if entry.node.as_str().is_some_and(|text| text.contains(char::is_control)) {
            found.push(Diagnostic::error("a setting of pgBackRest is one line").at(entry.node.span, ""));
        }
    }
}

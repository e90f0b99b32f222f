//! pgBackRest: its settings, and what the server is told of it.
//!
//! Source: the configuration reference of pgBackRest 2.45 to 2.59.

use std::collections::BTreeMap;

use serde::Serialize;

use super::cron::Cron;
use super::quantity::{self, MIB};
use super::{facts, image};
use crate::schema::types::{
    AzureKeyType, CompressType, GcsKeyType, Repository, RepositoryType, RetentionType, S3KeyType, Scalar, UriStyle,
    Values,
};

/// Where its file is.
pub const CONFIG: &str = "/etc/pgbackrest";
/// Where the volume of a repository is mounted.
pub const REPOSITORY: &str = "/var/lib/pgbackrest";
/// Where the CA of an object store is mounted.
pub const CA: &str = "/etc/pgbackrest-ca";
/// Where the key file of Google's service account is mounted.
pub const GCS: &str = "/etc/pgbackrest-gcs";

/// Settings that the chart makes itself, with why.
pub const MANAGED: &[(&str, &str)] = &[
    ("archive-async", "`pgbackrest.archive.async` sets it"),
    ("archive-push-queue-max", "`pgbackrest.archive.queueMax` sets it"),
    ("compress-level", "`pgbackrest.compressLevel` sets it"),
    ("compress-type", "`pgbackrest.compressType` sets it"),
    ("lock-path", "the containers of a pod share it"),
    ("log-level-file", "logs go to the container's output"),
    ("process-max", "`pgbackrest.processMax` sets it"),
    ("repo1-block", "`pgbackrest.repository.block` sets it"),
    ("repo1-bundle", "`pgbackrest.repository.bundle` sets it"),
    ("repo1-path", "`pgbackrest.repository.path` sets it"),
    ("repo1-retention-diff", "`pgbackrest.retention.differential` sets it"),
    ("repo1-retention-full", "`pgbackrest.retention.full` sets it"),
    ("repo1-retention-full-type", "`pgbackrest.retention.fullType` sets it"),
    ("repo1-type", "`pgbackrest.repository.type` sets it"),
    ("spool-path", "it is on the data volume"),
    ("stanza", "`pgbackrest.stanza` sets it"),
];

/// The ends of the names of settings that hold a secret, which a ConfigMap is no place for.
pub const SECRET: [&str; 6] =
    ["-cipher-pass", "-key", "-key-secret", "-token", "-sftp-private-key-passphrase", "-password"];

/// A variable with a secret, and its key in the Secret.
#[derive(Clone, Debug, Serialize)]
pub struct Variable {
    /// `PGBACKREST_REPO1_S3_KEY`
    pub name: &'static str,
    /// `access-key`
    pub key: String,
}

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pgbackrest {
    /// The place in the repository, for type posix below the volume; without the release's own place, which only templates know.
    pub root: &'static str,
    /// The section `global`, but for the path.
    pub settings: String,
    /// What only an environment may hold.
    pub variables: Vec<Variable>,
    /// Whether the repository is on a volume.
    pub volume: bool,
    /// Whether a Secret with a CA is mounted, and where.
    pub ca: Option<&'static str>,
    /// Whether Google's key file is mounted, and where.
    pub gcs: Option<&'static str>,
    /// When which kind of backup is made: `full 0 2 * * 0`.
    pub schedules: Vec<String>,
    /// Whether the server asks for the superuser's password even on the socket.
    pub password: bool,
    /// What a restore is asked for; none without one.
    pub restore: Option<Restore>,
}

/// A restore, as words for its options.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restore {
    /// `time`
    pub kind: &'static str,
    /// The further options, one a line.
    pub options: String,
    /// The place in the repository, when it is not the release's own.
    pub path: Option<String>,
}

/// The variables of the container, by the values; empty for a repository that asks for nothing.
pub fn variables(values: &Values) -> Vec<Variable> {
    let repository = &values.pgbackrest.repository;
    let keys = &repository.secret_keys;
    let mut all = Vec::new();
    let mut add = |name, key: &String| all.push(Variable { name, key: key.clone() });
    match repository.kind {
        RepositoryType::S3 if repository.s3.key_type == S3KeyType::Shared => {
            add("PGBACKREST_REPO1_S3_KEY", &keys.access_key);
            add("PGBACKREST_REPO1_S3_KEY_SECRET", &keys.secret_key);
        }
        RepositoryType::Azure if repository.azure.key_type != AzureKeyType::Auto => {
            add("PGBACKREST_REPO1_AZURE_KEY", &keys.azure_key);
        }
        _ => {}
    }
    if repository.encryption.enabled {
        add("PGBACKREST_REPO1_CIPHER_PASS", &keys.encryption_password);
    }
    all
}

/// How much of the log may wait for the repository; none when nothing is dropped.
pub fn queue_max(values: &Values) -> Option<u64> {
    let given = values.pgbackrest.archive.queue_max.as_ref().map(Scalar::to_string).filter(|text| !text.is_empty());
    if let Some(given) = given {
        return quantity::memory(&given);
    }
    let size = |size: &Option<String>| quantity::memory(size.as_deref()?);
    let wal = &values.persistence.wal;
    let bytes = if wal.enabled == Some(true) { size(&wal.size)? / 2 } else { size(&values.persistence.size)? / 4 };
    // Whole files of the log.
    Some((bytes / (16 * MIB)).max(2) * 16 * MIB)
}

/// What the server is told: to archive, and where to find what it lacks.
pub fn server_settings(values: &Values) -> Vec<(&'static str, String)> {
    let stanza = &values.pgbackrest.stanza;
    vec![
        ("archive_mode", "on".to_owned()),
        ("archive_command", format!("pgbackrest --stanza={stanza} archive-push \"%p\"")),
        ("archive_timeout", "60".to_owned()),
        ("restore_command", format!("pgbackrest --stanza={stanza} archive-get %f \"%p\"")),
    ]
}

impl Pgbackrest {
    /// The facts of checked values; none without it.
    pub fn new(values: &Values, peer: bool) -> Option<Self> {
        let pgbackrest = &values.pgbackrest;
        if !pgbackrest.enabled {
            return None;
        }
        let repository = &pgbackrest.repository;
        let gcs = repository.kind == RepositoryType::Gcs && repository.gcs.key_type == GcsKeyType::Service;
        Some(Self {
            root: if repository.kind == RepositoryType::Posix { REPOSITORY } else { "" },
            settings: settings(values),
            variables: variables(values),
            volume: repository.kind == RepositoryType::Posix,
            ca: has_ca(repository).then_some(CA),
            gcs: gcs.then_some(GCS),
            schedules: schedules(values),
            password: !peer,
            restore: Restore::new(values),
        })
    }
}

impl Restore {
    fn new(values: &Values) -> Option<Self> {
        let restore = &values.pgbackrest.restore;
        let kind = restore.kind?;
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let scalar = |scalar: &Option<Scalar>| scalar.as_ref().map(Scalar::to_string).filter(|text| !text.is_empty());
        let stanza = filled(&restore.stanza).unwrap_or_else(|| values.pgbackrest.stanza.clone());
        let mut options = vec![format!("--stanza={stanza}"), format!("--type={}", kind.name())];
        options.extend(scalar(&restore.target).map(|target| format!("--target={target}")));
        options.extend(restore.exclusive.then(|| "--target-exclusive".to_owned()));
        options.extend(filled(&restore.set).map(|set| format!("--set={set}")));
        options.extend(scalar(&restore.timeline).map(|timeline| format!("--target-timeline={timeline}")));
        if kind != crate::schema::types::RestoreType::Default {
            options.push("--target-action=promote".to_owned());
        }
        Some(Self { kind: kind.name(), options: options.join("\n"), path: filled(&restore.path) })
    }
}

fn has_ca(repository: &Repository) -> bool {
    repository.kind != RepositoryType::Posix && repository.tls.ca_secret.as_deref().is_some_and(|name| !name.is_empty())
}

fn schedules(values: &Values) -> Vec<String> {
    let schedules = &values.pgbackrest.schedules;
    [("full", &schedules.full), ("diff", &schedules.differential), ("incr", &schedules.incremental)]
        .into_iter()
        .filter_map(|(kind, text)| Some(format!("{kind} {}", Cron::parse(text.as_deref()?).ok()?)))
        .collect()
}

/// The section `global`: the chart's settings, those of the user in their place or after them.
fn settings(values: &Values) -> String {
    let pgbackrest = &values.pgbackrest;
    let yes = |flag: bool| if flag { "y" } else { "n" }.to_owned();
    let mut all = repository(&pgbackrest.repository);
    all.extend([
        ("repo1-retention-full-type", retention(pgbackrest.retention.full_type).to_owned()),
        ("repo1-retention-full", pgbackrest.retention.full.to_string()),
    ]);
    all.extend(pgbackrest.retention.differential.map(|number| ("repo1-retention-diff", number.to_string())));
    all.extend([
        ("compress-type", pgbackrest.compress_type.name().to_owned()),
        ("process-max", pgbackrest.process_max.to_string()),
        ("start-fast", yes(true)),
        ("log-level-console", "info".to_owned()),
        ("log-level-file", "off".to_owned()),
        ("log-timestamp", yes(false)),
        ("lock-path", "/tmp/pgbackrest".to_owned()),
    ]);
    if let Some(level) = pgbackrest.compress_level.filter(|_| pgbackrest.compress_type != CompressType::None) {
        all.push(("compress-level", level.to_string()));
    }
    if pgbackrest.archive.asynchronous {
        all.push(("archive-async", yes(true)));
        all.push(("spool-path", format!("{}/pgbackrest-spool", image::mount_path(facts::major(values)))));
    }
    all.extend(queue_max(values).map(|bytes| ("archive-push-queue-max", bytes.to_string())));
    let text = |value: &Scalar| match value {
        Scalar::Bool(flag) => yes(*flag),
        other => other.to_string(),
    };
    let mut own: BTreeMap<&str, String> =
        pgbackrest.config.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let mut lines: Vec<String> =
        all.into_iter().map(|(name, value)| format!("{name}={}\n", own.remove(name).unwrap_or(value))).collect();
    lines.extend(own.into_iter().map(|(name, value)| format!("{name}={value}\n")));
    lines.concat()
}

fn retention(kind: RetentionType) -> &'static str {
    match kind {
        RetentionType::Count => "count",
        RetentionType::Time => "time",
    }
}

/// What kind of repository it is, and where.
fn repository(repository: &Repository) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut all = vec![("repo1-type", repository.kind.name().to_owned())];
    match repository.kind {
        RepositoryType::Posix => {}
        RepositoryType::S3 => {
            let s3 = &repository.s3;
            let style = if s3.uri_style == UriStyle::Path { "path" } else { "host" };
            let key = match s3.key_type {
                S3KeyType::Shared => "shared",
                S3KeyType::Auto => "auto",
                S3KeyType::WebId => "web-id",
            };
            all.extend([
                ("repo1-s3-bucket", text(&s3.bucket)),
                ("repo1-s3-endpoint", text(&s3.endpoint)),
                ("repo1-s3-region", text(&s3.region)),
                ("repo1-s3-uri-style", style.to_owned()),
                ("repo1-s3-key-type", key.to_owned()),
            ]);
        }
        RepositoryType::Gcs => {
            let gcs = &repository.gcs;
            all.push(("repo1-gcs-bucket", text(&gcs.bucket)));
            all.extend(filled(&gcs.endpoint).map(|endpoint| ("repo1-gcs-endpoint", endpoint)));
            match gcs.key_type {
                GcsKeyType::Service => all.extend([
                    ("repo1-gcs-key-type", "service".to_owned()),
                    ("repo1-gcs-key", format!("{GCS}/key.json")),
                ]),
                GcsKeyType::Auto => all.push(("repo1-gcs-key-type", "auto".to_owned())),
            }
        }
        RepositoryType::Azure => {
            let azure = &repository.azure;
            let key = match azure.key_type {
                AzureKeyType::Shared => "shared",
                AzureKeyType::Sas => "sas",
                AzureKeyType::Auto => "auto",
            };
            all.extend([
                ("repo1-azure-account", text(&azure.account)),
                ("repo1-azure-container", text(&azure.container)),
                ("repo1-azure-key-type", key.to_owned()),
            ]);
            all.extend(filled(&azure.endpoint).map(|endpoint| ("repo1-azure-endpoint", endpoint)));
        }
    }
    if repository.kind != RepositoryType::Posix {
        all.push(("repo1-storage-verify-tls", if repository.tls.verify { "y" } else { "n" }.to_owned()));
        all.extend(has_ca(repository).then(|| ("repo1-storage-ca-file", format!("{CA}/ca.crt"))));
    }
    if repository.encryption.enabled {
        all.push(("repo1-cipher-type", "aes-256-cbc".to_owned()));
    }
    all.push(("repo1-bundle", if repository.bundle { "y" } else { "n" }.to_owned()));
    all.extend(repository.block.then(|| ("repo1-block", "y".to_owned())));
    all
}

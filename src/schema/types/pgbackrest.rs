//! Backups and the archive of the log, by pgBackRest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AccessMode, Resources, Scalar, Texts, form};

/// pgBackRest, which archives the log as it is written, and makes full and incremental backups.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pgbackrest {
    /// Whether it does; the server's image has to have it.
    pub enabled: bool,
    /// What this database is called in the repository.
    #[schemars(transform = form::text(form::STANZA))]
    pub stanza: String,
    /// Where the archive and the backups are.
    pub repository: Repository,
    /// When backups are made, as cron writes it, in UTC; none of that kind when empty.
    pub schedules: Schedules,
    /// How long backups are kept; what of the archive no backup needs goes with them.
    pub retention: BackupRetention,
    /// How files are compressed.
    pub compress_type: CompressType,
    /// How much; what the way of compressing holds for right when not set.
    #[schemars(range(min = -7, max = 22))]
    pub compress_level: Option<i32>,
    /// How many processes copy files at a time.
    #[schemars(range(min = 1, max = 999))]
    pub process_max: u32,
    /// How the log gets to the repository.
    pub archive: ArchivePush,
    /// Further settings of its section `global`; they win over the chart's, where those are not its alone.
    pub config: BTreeMap<String, Scalar>,
    /// CPU and memory of the container that makes backups.
    pub resources: Resources,
    /// A restore, which the next boot carries out once.
    pub restore: Restore,
}

/// Where the archive and the backups are.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Repository {
    /// What it is in.
    #[serde(rename = "type")]
    pub kind: RepositoryType,
    /// The place in it, such as `/factory-1`; `/<name>` when empty.
    #[schemars(transform = form::text(form::REPOSITORY_PATH))]
    pub path: Option<String>,
    /// The volume, for type posix.
    pub posix: PosixRepository,
    /// The bucket, for type s3.
    pub s3: S3Repository,
    /// The bucket, for type gcs.
    pub gcs: GcsRepository,
    /// The container, for type azure.
    pub azure: AzureRepository,
    /// The certificate of an object store.
    pub tls: RepositoryTls,
    /// A Secret with what the store and the encryption ask for; the chart makes one of the values here when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The keys of that Secret.
    pub secret_keys: RepositoryKeys,
    /// Encryption of everything in the repository. It cannot be changed once there is something.
    pub encryption: RepositoryEncryption,
    /// Whether small files are kept together, which stores with a price for each file reward.
    pub bundle: bool,
    /// Whether incremental backups hold parts of files; pgBackRest 2.46 or newer, and with `bundle`.
    pub block: bool,
}

/// What a repository is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RepositoryType {
    /// A volume.
    #[default]
    Posix,
    /// S3 or what speaks like it.
    S3,
    /// Google's store.
    Gcs,
    /// Azure's store.
    Azure,
}

impl RepositoryType {
    /// Its name as pgBackRest has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Posix => "posix",
            Self::S3 => "s3",
            Self::Gcs => "gcs",
            Self::Azure => "azure",
        }
    }
}

/// The volume of a repository.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PosixRepository {
    /// Its size, such as `100Gi`.
    #[schemars(transform = form::text(form::SIZE))]
    pub size: Option<String>,
    /// Its StorageClass; the cluster's default when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub storage_class: Option<String>,
    /// Its access modes; several servers need `ReadWriteMany`.
    pub access_modes: Vec<AccessMode>,
    /// A claim that is already there.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_claim: Option<String>,
    /// Annotations of the claim.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

/// A repository in S3.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct S3Repository {
    /// The bucket; it has to be there.
    #[schemars(transform = form::text(form::ONE_WORD))]
    pub bucket: Option<String>,
    /// The server, such as `s3.eu-central-1.amazonaws.com` or `minio.storage.svc:9000`; it speaks TLS.
    #[schemars(transform = form::text(form::ENDPOINT))]
    pub endpoint: Option<String>,
    /// The region.
    #[schemars(transform = form::text(form::ONE_WORD))]
    pub region: Option<String>,
    /// Whether the bucket is in the path (`path`, as `MinIO` has it) or in the host's name (`host`).
    pub uri_style: UriStyle,
    /// How it is proved who asks.
    pub key_type: S3KeyType,
    /// The access key, for keyType shared without a Secret of one's own.
    #[schemars(transform = form::password)]
    pub access_key: Option<Scalar>,
    /// Its secret.
    #[schemars(transform = form::password)]
    pub secret_key: Option<Scalar>,
}

/// Where a URI names the bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum UriStyle {
    /// In the path.
    #[default]
    Path,
    /// In the name of the host.
    Host,
}

/// How S3 learns who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum S3KeyType {
    /// By an access key and its secret.
    #[default]
    Shared,
    /// By the role of the node.
    Auto,
    /// By the token of the service account, which the cloud puts into the pod.
    WebId,
}

/// A repository in Google's store.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GcsRepository {
    /// The bucket; it has to be there.
    #[schemars(transform = form::text(form::ONE_WORD))]
    pub bucket: Option<String>,
    /// Another server than Google's own.
    #[schemars(transform = form::text(form::ENDPOINT))]
    pub endpoint: Option<String>,
    /// How it is proved who asks.
    pub key_type: GcsKeyType,
}

/// How Google's store learns who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GcsKeyType {
    /// By the key file of a service account, in `existingSecret`.
    #[default]
    Service,
    /// By the identity of the node or the pod.
    Auto,
}

/// A repository in Azure's store.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AzureRepository {
    /// The storage account.
    #[schemars(transform = form::text(form::ONE_WORD))]
    pub account: Option<String>,
    /// The container; it has to be there.
    #[schemars(transform = form::text(form::ONE_WORD))]
    pub container: Option<String>,
    /// Another server than `blob.core.windows.net`.
    #[schemars(transform = form::text(form::ENDPOINT))]
    pub endpoint: Option<String>,
    /// How it is proved who asks.
    pub key_type: AzureKeyType,
    /// The key or the signature, without a Secret of one's own.
    #[schemars(transform = form::password)]
    pub key: Option<Scalar>,
}

/// How Azure's store learns who asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AzureKeyType {
    /// By the account's key.
    #[default]
    Shared,
    /// By a signature.
    Sas,
    /// By the identity of the node; pgBackRest 2.50 or newer.
    Auto,
}

/// The certificate of an object store.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RepositoryTls {
    /// Whether it is verified. Without that anybody in between can read and change backups.
    pub verify: bool,
    /// A Secret with the CA, where the system's list does not know it.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub ca_secret: Option<String>,
    /// The key of the CA in it.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub ca_key: String,
}

/// The keys of the repository's Secret.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RepositoryKeys {
    /// The access key of S3.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub access_key: String,
    /// Its secret.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub secret_key: String,
    /// The key or the signature of Azure.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub azure_key: String,
    /// The key file of Google's service account.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub gcs_key: String,
    /// The password of the encryption.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub encryption_password: String,
}

/// Encryption of everything in a repository.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RepositoryEncryption {
    /// Whether it is encrypted, by AES-256. Who loses the password has no backups.
    pub enabled: bool,
    /// The password; derived when empty and no Secret brings it.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
}

/// When backups are made.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Schedules {
    /// Backups of everything.
    #[schemars(transform = form::text(form::CRON))]
    pub full: Option<String>,
    /// Backups of what has changed since the last full one.
    #[schemars(transform = form::text(form::CRON))]
    pub differential: Option<String>,
    /// Backups of what has changed since the last one.
    #[schemars(transform = form::text(form::CRON))]
    pub incremental: Option<String>,
}

/// How long backups are kept.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BackupRetention {
    /// How many full backups, or days of them.
    #[schemars(range(min = 1, max = 9_999_999))]
    pub full: u32,
    /// Whether `full` is a number of backups (`count`) or of days (`time`).
    pub full_type: RetentionType,
    /// How many differential backups; all that belong to a full one when not set.
    #[schemars(range(min = 1, max = 9_999_999))]
    pub differential: Option<u32>,
}

/// What a retention counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RetentionType {
    /// Backups.
    #[default]
    Count,
    /// Days.
    Time,
}

/// How files are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum CompressType {
    /// Not at all.
    None,
    /// gzip.
    Gz,
    /// bzip2.
    Bz2,
    /// LZ4, the fastest.
    Lz4,
    /// Zstandard.
    #[default]
    Zst,
}

impl CompressType {
    /// Its name as pgBackRest has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gz => "gz",
            Self::Bz2 => "bz2",
            Self::Lz4 => "lz4",
            Self::Zst => "zst",
        }
    }

    /// The levels that it knows.
    pub fn levels(self) -> std::ops::RangeInclusive<i32> {
        match self {
            Self::None => 0..=0,
            Self::Gz => 0..=9,
            Self::Bz2 => 1..=9,
            Self::Lz4 => -5..=12,
            Self::Zst => -7..=22,
        }
    }
}

/// How the log gets to the repository.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ArchivePush {
    /// Whether several files are sent at a time, ahead of what the server asks for.
    #[serde(rename = "async")]
    pub asynchronous: bool,
    /// How much of the log may wait for a repository that is away, such as `10Gi`. What is beyond is dropped, so that the server goes
    /// on: no restore reaches a moment between then and the next backup. Half of the log's volume or a quarter of the data's when
    /// empty; `0` drops nothing, and a full volume stops the server.
    #[schemars(transform = form::text_or_integer(form::SIZE_OR_ZERO))]
    pub queue_max: Option<Scalar>,
}

/// A restore.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Restore {
    /// Up to where the log is replayed; without it nothing is restored.
    #[serde(rename = "type")]
    pub kind: Option<RestoreType>,
    /// The moment, name, position or transaction, for a type that has one: `2026-05-01 09:30:00+00`.
    #[schemars(transform = form::text_or_integer(form::ONE_LINE))]
    pub target: Option<Scalar>,
    /// Stops before the target instead of after it.
    pub exclusive: bool,
    /// The backup to begin with, as `pgbackrest info` names it; the last one before the target when empty.
    #[schemars(transform = form::text(form::BACKUP_SET))]
    pub set: Option<String>,
    /// The timeline to follow, such as `2` or `current`; the latest when empty.
    #[schemars(transform = form::text_or_integer(form::TIMELINE))]
    pub timeline: Option<Scalar>,
    /// The stanza of another database to take over; this one's own when empty.
    #[schemars(transform = form::text(form::OPTIONAL_STANZA))]
    pub stanza: Option<String>,
    /// The place of that database in the repository; this one's own when empty.
    #[schemars(transform = form::text(form::REPOSITORY_PATH))]
    pub path: Option<String>,
    /// Any text. A request is carried out once; with another text it is another request.
    #[schemars(transform = form::text(form::ONE_LINE))]
    pub request: Option<String>,
}

/// Up to where the log is replayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RestoreType {
    /// To the end of the archive.
    Default,
    /// To the moment when the backup is whole.
    Immediate,
    /// To a moment.
    Time,
    /// To a name that `pg_create_restore_point` gave.
    Name,
    /// To a position of the log.
    Lsn,
    /// To a transaction.
    Xid,
}

impl RestoreType {
    /// Its name as pgBackRest has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Immediate => "immediate",
            Self::Time => "time",
            Self::Name => "name",
            Self::Lsn => "lsn",
            Self::Xid => "xid",
        }
    }

    /// Whether it needs a target.
    pub fn has_target(self) -> bool {
        !matches!(self, Self::Default | Self::Immediate)
    }
}

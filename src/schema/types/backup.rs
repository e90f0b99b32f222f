//! Logical backups: dumps of every database, where they are kept, for how long, and how they come back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AccessMode, Object, Resources, Scalar, Texts, ToolImage, form};

/// Logical backups by `pg_dump`, on a schedule.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Backup {
    /// Whether there are any.
    pub enabled: bool,
    /// When: cron's five fields, or `@daily` and the like.
    pub schedule: String,
    /// The schedule's time zone, such as `Europe/Berlin`; that of the cluster's controller when empty.
    #[schemars(transform = form::text(form::TIME_ZONE))]
    pub time_zone: Option<String>,
    /// Whether the schedules rest.
    pub suspend: bool,
    /// Where they are kept.
    pub destination: Destination,
    /// Which server is read; a standby needs `mode: ha`.
    pub source: BackupSource,
    /// The role that dumps; it reads all data and writes none.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// The databases that are dumped; all that take connections when empty.
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub databases: Vec<String>,
    /// Options of `pg_dump`, such as `--compress=zstd:3` or `--exclude-table-data=cache.*`.
    #[schemars(transform = form::list(form::OPTION))]
    pub options: Vec<String>,
    /// What becomes of older backups; only after a new one is complete.
    pub retention: DumpRetention,
    /// The claim, for destination `pvc`.
    pub persistence: BackupVolume,
    /// The export, for destination `nfs`.
    pub nfs: Nfs,
    /// The bucket, for destination `s3`.
    pub s3: S3,
    /// Room that a pod needs for a while: for the dumps on their way to S3, and for the server of a verification.
    pub scratch: Scratch,
    /// Encryption of the files; who has lost the key has lost them.
    pub encryption: BackupEncryption,
    /// Regularly restores the newest backup into a server that is thrown away.
    pub verify: Verify,
    /// Restores a backup, once.
    pub restore: DumpRestore,
    /// How often a run is tried again within its Job.
    #[schemars(range(min = 0, max = 10))]
    pub backoff_limit: u32,
    /// Seconds that a run may take, its repetitions included.
    #[schemars(range(min = 60, max = 604_800))]
    pub active_deadline_seconds: u32,
    /// Seconds that a run may start late, such as when no node had room; then it is left out.
    #[schemars(range(min = 30, max = 86400))]
    pub starting_deadline_seconds: u32,
    /// How many Jobs that succeeded are kept.
    #[schemars(range(min = 0, max = 100))]
    pub successful_jobs_history_limit: u32,
    /// How many Jobs that failed are kept, with their logs.
    #[schemars(range(min = 1, max = 100))]
    pub failed_jobs_history_limit: u32,
    /// Another identity of the pods, such as one that a cloud lets into the bucket.
    pub service_account: BackupAccount,
    /// CPU and memory of each container.
    pub resources: Resources,
    /// Labels of the pods beyond the common ones.
    #[schemars(transform = form::labels)]
    pub pod_labels: Texts,
    /// Annotations of the pods beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub pod_annotations: Texts,
    /// Labels of the nodes that the pods may run on.
    #[schemars(transform = form::labels)]
    pub node_selector: Texts,
    /// Taints that the pods tolerate, as in a pod's spec.
    pub tolerations: Vec<Object>,
    /// Affinity of the pods, as in a pod's spec.
    pub affinity: Object,
    /// Priority class of the pods.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub priority_class_name: Option<String>,
}

/// Where backups are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Destination {
    /// A claim of their own.
    #[default]
    Pvc,
    /// An export of an NFS server.
    Nfs,
    /// A bucket of S3 or of a store that speaks its protocol.
    S3,
}

/// Which server is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BackupSource {
    /// The one that writes.
    #[default]
    Primary,
    /// A standby; it ends a dump that holds replay up for longer than `max_standby_streaming_delay`.
    Standby,
}

/// What becomes of older backups.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DumpRetention {
    /// Days after which a backup goes; any age is fine when not set.
    #[schemars(range(min = 1, max = 36500))]
    pub days: Option<u32>,
    /// How many there are at most; any number is fine when not set.
    #[schemars(range(min = 1, max = 100_000))]
    pub maximum: Option<u32>,
    /// How many of the newest stay, however old they are.
    #[schemars(range(min = 1, max = 100_000))]
    pub minimum: u32,
}

/// The claim of backups.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BackupVolume {
    /// Its size, such as `50Gi`.
    #[schemars(transform = form::text(form::SIZE))]
    pub size: String,
    /// Its StorageClass; the cluster's default when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub storage_class: Option<String>,
    /// Its access modes.
    pub access_modes: Vec<AccessMode>,
    /// A claim that is already there.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_claim: Option<String>,
    /// Annotations of the claim.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
    /// Keeps the claim when the release is uninstalled.
    pub keep: bool,
}

/// An export of an NFS server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Nfs {
    /// The server's name or address, as nodes know it.
    #[schemars(transform = form::text(form::NFS_SERVER))]
    pub server: Option<String>,
    /// The path of the export; the release makes a directory of its own there.
    #[schemars(transform = form::text(form::ABSOLUTE_PATH))]
    pub path: Option<String>,
}

/// A bucket.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct S3 {
    /// Its name; it has to be there.
    #[schemars(transform = form::text(form::BUCKET))]
    pub bucket: Option<String>,
    /// What objects' names begin with; namespace and name of the release when empty.
    #[schemars(transform = form::text(form::OBJECT_PREFIX))]
    pub prefix: Option<String>,
    /// The store's address, such as `https://minio.example.com:9000`; Amazon's when empty.
    #[schemars(transform = form::text(form::URL))]
    pub endpoint: Option<String>,
    /// Its region.
    #[schemars(transform = form::text(form::REGION))]
    pub region: Option<String>,
    /// Whose store it is, as rclone knows it.
    pub provider: S3Provider,
    /// Whether the bucket stands in the path of an address instead of the host's name.
    pub path_style: bool,
    /// How objects are kept, such as `STANDARD_IA`; as the bucket says when empty.
    #[schemars(transform = form::text(form::S3_WORD))]
    pub storage_class: Option<String>,
    /// Encryption by the store.
    pub server_side_encryption: Option<ServerSideEncryption>,
    /// The Secret with the credentials; without one they come with the service account.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// Its key of the access key's id.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub access_key_id_key: String,
    /// Its key of the secret access key.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub secret_access_key_key: String,
    /// Whether the pods' service account has the credentials, as on EKS.
    pub use_service_account: bool,
    /// A Secret with the CA that signed the store's certificate; the image's own list when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub ca_secret: Option<String>,
    /// Its key.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub ca_key: String,
    /// The image with rclone and a shell.
    pub image: ToolImage,
    /// Further flags of rclone, such as `--bwlimit=10M`.
    #[schemars(transform = form::list(form::OPTION))]
    pub options: Vec<String>,
}

/// Whose store it is, as rclone knows it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum S3Provider {
    /// Amazon.
    #[serde(rename = "AWS")]
    Aws,
    /// Ceph.
    Ceph,
    /// `MinIO`.
    Minio,
    /// Anybody else.
    #[default]
    Other,
}

/// Encryption by the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ServerSideEncryption {
    /// With the store's own key.
    #[serde(rename = "AES256")]
    Aes256,
    /// With a key of Amazon's key management.
    #[serde(rename = "aws:kms")]
    AwsKms,
}

/// Room that a pod needs for a while.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Scratch {
    /// How much, such as `20Gi`.
    #[schemars(transform = form::text(form::SIZE))]
    pub size: String,
    /// The StorageClass of a volume that lives as long as the pod; the node's own disk when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub storage_class: Option<String>,
}

/// Encryption of the files.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BackupEncryption {
    /// Whether they are encrypted.
    pub enabled: bool,
    /// The Secret with the key: text of 32 characters or more, which nobody here can make anew.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The Secret's key.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub key: String,
}

/// Restores the newest backup into a server that is thrown away.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Verify {
    /// Whether that happens.
    pub enabled: bool,
    /// When: cron's five fields, or `@weekly` and the like.
    pub schedule: String,
    /// Seconds that it may take.
    #[schemars(range(min = 60, max = 604_800))]
    pub active_deadline_seconds: u32,
    /// CPU and memory of its server.
    pub resources: Resources,
}

/// Restores a backup, once.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DumpRestore {
    /// The backup's name, such as `20261128T020000Z`; nothing is restored while this is empty.
    #[schemars(transform = form::text(form::BACKUP_NAME))]
    pub backup: Option<String>,
    /// The database in it; the application's when empty.
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub database: Option<String>,
    /// The declared database that it goes to. What both have is replaced, in one transaction.
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub target: Option<String>,
    /// The target's name once more: its data are replaced.
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub confirm: Option<String>,
    /// Options of `pg_restore`, such as `--no-privileges` or `--schema=sales`.
    #[schemars(transform = form::list(form::OPTION))]
    pub options: Vec<String>,
}

/// Another identity of the pods.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BackupAccount {
    /// Whether the chart makes a service account `<name>-backup`.
    pub create: bool,
    /// Its name, or that of one that is there; the release's own when both are not said.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub name: Option<String>,
    /// Its annotations, such as `eks.amazonaws.com/role-arn`.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

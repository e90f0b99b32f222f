//! Volumes and the workload that owns them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Texts, form};

/// A StatefulSet of one instead of a Deployment.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Statefulset {
    /// Whether it is one.
    pub enabled: bool,
    /// In which order pods start and stop.
    pub pod_management_policy: PodManagementPolicy,
    /// What becomes of the claims when pods go.
    pub persistent_volume_claim_retention_policy: Retention,
}

/// In which order pods start and stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum PodManagementPolicy {
    /// One after the other; a pod that does not become ready holds up all others.
    OrderedReady,
    /// All at once.
    #[default]
    Parallel,
}

/// What becomes of the claims when pods go.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Retention {
    /// When the StatefulSet is deleted.
    pub when_deleted: RetentionPolicy,
    /// When it is scaled down.
    pub when_scaled: RetentionPolicy,
}

/// What becomes of a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum RetentionPolicy {
    /// It stays.
    #[default]
    Retain,
    /// It is deleted with its data.
    Delete,
}

/// The data volume, and the volume of the write-ahead log.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Persistence {
    /// Whether the data outlive the pod.
    pub enabled: bool,
    /// Size of the data volume, such as `50Gi`.
    #[schemars(transform = form::text(form::SIZE))]
    pub size: Option<String>,
    /// StorageClass of the data volume; the cluster's default when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub storage_class: Option<String>,
    /// Access modes of the data volume.
    pub access_modes: Vec<AccessMode>,
    /// A claim that is already there.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_claim: Option<String>,
    /// Annotations of the claim.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
    /// Keeps the claims when the release is uninstalled.
    pub keep: bool,
    /// A volume of its own for the write-ahead log.
    pub wal: WalVolume,
}

/// A volume of its own for the write-ahead log.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WalVolume {
    /// Whether the log has one.
    pub enabled: Option<bool>,
    /// Its size, such as `20Gi`.
    #[schemars(transform = form::text(form::SIZE))]
    pub size: Option<String>,
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
}

/// How a volume can be mounted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum AccessMode {
    /// By one node.
    ReadWriteOnce,
    /// By one pod.
    ReadWriteOncePod,
    /// By many nodes; some network storage offers nothing else. Still only one server runs.
    ReadWriteMany,
}

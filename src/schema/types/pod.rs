//! The pod: resources, probes, identity.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, Texts, form};

/// CPU and memory of the server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Resources {
    /// What the node must have free.
    pub requests: Sizes,
    /// What the server may take at most.
    pub limits: Sizes,
}

/// CPU, memory and other resources as Kubernetes quantities.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sizes {
    /// Processors, such as `2` or `500m`.
    #[schemars(transform = form::quantity(form::CPU))]
    pub cpu: Option<Scalar>,
    /// Memory, such as `4Gi`.
    #[schemars(transform = form::quantity(form::SIZE))]
    pub memory: Option<Scalar>,
    /// Space for logs and temporary files on the node, such as `1Gi`.
    #[serde(rename = "ephemeral-storage")]
    #[schemars(transform = form::quantity(form::SIZE))]
    pub ephemeral_storage: Option<Scalar>,
    /// Huge pages of 2 MiB, such as `9Gi`.
    #[serde(rename = "hugepages-2Mi")]
    #[schemars(transform = form::quantity(form::SIZE))]
    pub hugepages_2mi: Option<Scalar>,
    /// Huge pages of 1 GiB.
    #[serde(rename = "hugepages-1Gi")]
    #[schemars(transform = form::quantity(form::SIZE))]
    pub hugepages_1gi: Option<Scalar>,
}

/// The memory volume at `/dev/shm`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SharedMemory {
    /// Its size, such as `1Gi`; it counts against the memory limit.
    #[schemars(transform = form::text(form::SIZE))]
    pub size_limit: Option<String>,
}

/// How Kubernetes asks whether the server is alive.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Probes {
    /// Until the server has started once.
    pub startup: Probe,
    /// Whether the server still answers; a server in recovery does.
    pub liveness: Probe,
    /// Whether the server accepts connections.
    pub readiness: Probe,
}

/// One probe.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Probe {
    /// Whether it is asked at all.
    pub enabled: bool,
    /// Seconds between two questions.
    #[schemars(range(min = 1))]
    pub period_seconds: u32,
    /// Seconds to wait for an answer.
    #[schemars(range(min = 1))]
    pub timeout_seconds: u32,
    /// Failures in a row that count.
    #[schemars(range(min = 1))]
    pub failure_threshold: u32,
}

/// What the pods may do in the API.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Rbac {
    /// Whether the chart makes the Role and the `RoleBinding` of pods that need the API; they need one all the same.
    pub create: bool,
}

/// The identity of the pods.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ServiceAccount {
    /// Whether the chart makes one.
    pub create: bool,
    /// Its name; the release's full name when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub name: Option<String>,
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

//! Where pods run, how many may be gone, and who changes what they ask for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, form};

/// How many pods may be gone at a time while nodes are drained.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pdb {
    /// Whether there is a limit; when not set, a highly available database has one.
    pub enabled: Option<bool>,
    /// How many must stay: a number or a share such as `50%`.
    #[schemars(transform = form::text_or_integer(form::AMOUNT))]
    pub min_available: Option<Scalar>,
    /// How many may be gone: a number or a share; 1 when neither is set.
    #[schemars(transform = form::text_or_integer(form::AMOUNT))]
    pub max_unavailable: Option<Scalar>,
    /// Whether a pod that is not ready may be evicted in any case.
    pub unhealthy_pod_eviction_policy: EvictionPolicy,
}

/// Whether a pod that is not ready may be evicted in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum EvictionPolicy {
    /// It may: a broken pod does not hold up a drain.
    #[default]
    AlwaysAllow,
    /// Only while enough others are ready.
    IfHealthyBudget,
}

/// Whether the pods of a highly available database avoid each other's nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PodAntiAffinity {
    /// Where there are other nodes.
    #[default]
    Soft,
    /// Always: a pod waits when there is no other node.
    Hard,
    /// They do not.
    None,
}

/// Who resolves names for the pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum DnsPolicy {
    /// The cluster's default.
    #[serde(rename = "")]
    Unset,
    /// The cluster's DNS.
    ClusterFirst,
    /// The cluster's DNS, for pods in the node's network.
    ClusterFirstWithHostNet,
    /// The node's.
    Default,
    /// What `dnsConfig` says.
    None,
}

/// Who changes how many poolers there are, and what servers ask for.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Autoscaling {
    /// A HorizontalPodAutoscaler for the pooler; a second server that writes would destroy the data.
    pub hpa: Hpa,
    /// A VerticalPodAutoscaler for the server's container.
    pub vpa: Vpa,
}

/// A HorizontalPodAutoscaler for the pooler.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Hpa {
    /// Whether there is one, in place of `pgbouncer.replicas`; the cluster's metrics have to be there.
    pub enabled: bool,
    /// How many pods there are at least.
    #[schemars(range(min = 1, max = 50))]
    pub min_replicas: u32,
    /// How many there are at most; the server's connections are shared out among so many.
    #[schemars(range(min = 1, max = 50))]
    pub max_replicas: u32,
    /// The share of the CPU that pods ask for, in percent, above which there are more.
    #[serde(rename = "targetCPUUtilizationPercentage")]
    #[schemars(range(min = 1, max = 1000))]
    pub target_cpu_utilization_percentage: u32,
}

/// A VerticalPodAutoscaler for the server's container.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Vpa {
    /// Whether there is one; its controller has to be installed.
    pub enabled: bool,
    /// What becomes of its recommendations; it never restarts a server by itself.
    pub update_mode: UpdateMode,
    /// What it recommends; memory changes nothing in the server's own settings.
    pub controlled_resources: Vec<ControlledResource>,
    /// Whether limits follow the requests.
    pub controlled_values: ControlledValues,
    /// The least it may recommend.
    pub min_allowed: Amounts,
    /// The most it may recommend.
    pub max_allowed: Amounts,
}

/// What becomes of the recommendations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum UpdateMode {
    /// They are only shown.
    #[default]
    Off,
    /// A pod gets them when it is made.
    Initial,
}

/// What a VerticalPodAutoscaler recommends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ControlledResource {
    /// Processors.
    Cpu,
    /// Memory.
    Memory,
}

/// Whether limits follow the requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ControlledValues {
    /// They stay as they are.
    #[default]
    RequestsOnly,
    /// They keep their ratio.
    RequestsAndLimits,
}

/// CPU and memory.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Amounts {
    /// Processors, such as `2` or `500m`.
    #[schemars(transform = form::quantity(form::CPU))]
    pub cpu: Option<Scalar>,
    /// Memory, such as `4Gi`.
    #[schemars(transform = form::quantity(form::SIZE))]
    pub memory: Option<Scalar>,
}

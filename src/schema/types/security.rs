//! What the pods may do on their node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the pods may do on their node; every container follows the restricted Pod Security Standard.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Security {
    /// The group that the volumes belong to; the server's when not set.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub fs_group: Option<u32>,
    /// Whether the volumes' owner is set at every start, or only when their root has another one.
    pub fs_group_change_policy: FsGroupChangePolicy,
    /// Further groups of the server, such as that of an NFS export.
    #[schemars(inner(range(min = 1, max = 2_147_483_647)))]
    pub supplemental_groups: Vec<u32>,
    /// The system calls that are allowed.
    pub seccomp_profile: SeccompProfile,
    /// AppArmor's profile; the node's default when its type is empty. Needs Kubernetes 1.30.
    pub app_armor_profile: AppArmorProfile,
}

/// Whether the volumes' owner is set at every start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum FsGroupChangePolicy {
    /// Only when their root has another one.
    #[default]
    OnRootMismatch,
    /// It is, which takes long on large volumes.
    Always,
}

/// The system calls that are allowed.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SeccompProfile {
    /// Whose profile it is.
    #[serde(rename = "type")]
    pub kind: ProfileType,
    /// The file of a `Localhost` profile, below the kubelet's directory of profiles.
    pub localhost_profile: Option<String>,
}

/// AppArmor's profile.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AppArmorProfile {
    /// Whose profile it is; empty leaves it to the node.
    #[serde(rename = "type")]
    pub kind: Option<OptionalProfileType>,
    /// The name of a `Localhost` profile that is loaded on the node.
    pub localhost_profile: Option<String>,
}

/// Whose profile it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ProfileType {
    /// The container runtime's.
    #[default]
    RuntimeDefault,
    /// One that somebody put on the node.
    Localhost,
}

/// Whose profile it is, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum OptionalProfileType {
    /// The node's default.
    #[serde(rename = "")]
    Unset,
    /// The container runtime's.
    RuntimeDefault,
    /// One that somebody put on the node.
    Localhost,
}

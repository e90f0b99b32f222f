//! Standbys, and who decides which server writes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Patroni, Scalar, form};

/// Standbys of a highly available database.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Replication {
    /// Whether there are standbys; `true` means `mode: ha`.
    pub enabled: bool,
    /// How many standbys follow the primary.
    #[schemars(range(min = 1, max = 20))]
    pub read_replicas: u32,
    /// Who decides which server writes.
    pub manager: Manager,
    /// How Patroni decides.
    pub patroni: Patroni,
    /// The number of the pod that writes; changing it is a manual failover. Not with Patroni, which decides itself.
    #[schemars(range(min = 0, max = 20))]
    pub primary_ordinal: u32,
    /// The role that standbys log in with.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// Whether a commit waits for standbys.
    pub synchronous: Synchronous,
    /// Whether a former primary that cannot be rewound, and a standby whose log is gone, are cloned anew by themselves.
    pub reclone: bool,
}

/// Who decides which server writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Manager {
    /// The values: `primaryOrdinal`.
    #[default]
    None,
    /// Patroni, which fails over by itself; the image must have it.
    Patroni,
}

/// Whether a commit waits for standbys.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Synchronous {
    /// Which standbys it waits for.
    pub mode: SynchronousMode,
    /// How many of them must have written it down.
    #[schemars(range(min = 1, max = 20))]
    pub standbys: u32,
    /// Whether writes wait when fewer standbys are left; only Patroni can let them go on.
    pub strict: bool,
}

/// Which standbys a commit waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SynchronousMode {
    /// None: a failover may lose the last commits.
    #[default]
    None,
    /// Any of them.
    Quorum,
    /// The first ones in the order of their numbers that are there.
    Priority,
}

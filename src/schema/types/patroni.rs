//! Patroni, which elects the server that writes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, form};

/// How Patroni decides; its own words and defaults.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Patroni {
    /// Seconds that a leader may be silent before another one is elected.
    #[schemars(range(min = 20, max = 600))]
    pub ttl: u32,
    /// Seconds between two rounds.
    #[schemars(range(min = 1, max = 300))]
    pub loop_wait: u32,
    /// Seconds that a request to the Kubernetes API or to the server is tried again.
    #[schemars(range(min = 3, max = 300))]
    pub retry_timeout: u32,
    /// Bytes of the log that a standby may lack and still be elected; the commits in them would be lost.
    #[schemars(range(min = 0, max = 1_099_511_627_776_u64))]
    pub maximum_lag_on_failover: u64,
    /// Whether the leader goes on while the Kubernetes API is away, as long as it reaches all others.
    pub failsafe_mode: bool,
    /// Seconds that a crashed leader may recover before another one is elected; 0 elects at once.
    #[schemars(range(min = 0, max = 86400))]
    pub primary_start_timeout: u32,
    /// The password for changing the cluster through Patroni's port; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
}

//! The balancer: Pgpool-II, which sends reads to any server and everything else to the primary.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, PoolerImage, PoolerService, PoolerTls, Resources, Scalar, Texts, form};

/// Pgpool-II, which spreads the reads of `mode: ha` over all servers behind one address.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pgpool {
    /// Whether there is one, at `<name>-pgpool`.
    pub enabled: bool,
    /// Its image.
    pub image: PoolerImage,
    /// How many pods of it there are.
    #[schemars(range(min = 1, max = 50))]
    pub replicas: u32,
    /// The role that it looks at servers and their delay with; it can do nothing else.
    #[schemars(transform = form::text(form::PLAIN_ROLE))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// Roles of `postgresql.roles` that come through it besides the application's; it needs to know their passwords.
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub roles: Vec<String>,
    /// How many clients each pod takes, one process each; 50 when not set, or what there is: all pods together get 80 % of a server's connections, beside PgBouncer 40 %.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_client_conn: Option<u32>,
    /// How many connections of different roles and databases each process keeps open to each server.
    #[schemars(range(min = 1, max = 100))]
    pub max_pool: u32,
    /// Seconds after which a process without a client is replaced; 0 for never.
    #[schemars(range(min = 0, max = 604_800))]
    pub child_life_time: u32,
    /// Seconds after which a connection to a server is closed that no client uses; 0 for never.
    #[schemars(range(min = 0, max = 604_800))]
    pub connection_life_time: u32,
    /// Seconds that a client may be idle before it is disconnected; 0 for ever.
    #[schemars(range(min = 0, max = 604_800))]
    pub client_idle_limit: u32,
    /// Seconds between two looks at the servers: whether they are there, and how far standbys are behind.
    #[schemars(range(min = 1, max = 300))]
    pub check_period: u32,
    /// Where reads go.
    pub load_balance: LoadBalance,
    /// Further settings of Pgpool-II; they win over the chart's, where those are not its alone.
    pub config: BTreeMap<String, Scalar>,
    /// The Service in front of it, at `<name>-pgpool`.
    pub service: PoolerService,
    /// Its certificate, where `tls` is on.
    pub tls: PoolerTls,
    /// CPU and memory of each pod; a client's process takes a megabyte and what passes through it at a time.
    pub resources: Resources,
    /// Seconds that sessions get to end before a pod is killed.
    #[schemars(range(min = 20, max = 86400))]
    pub termination_grace_period_seconds: u32,
    /// Labels of its pods beyond the common ones.
    #[schemars(transform = form::labels)]
    pub pod_labels: Texts,
    /// Annotations of its pods beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub pod_annotations: Texts,
    /// Labels of the nodes that its pods may run on.
    #[schemars(transform = form::labels)]
    pub node_selector: Texts,
    /// Taints that its pods tolerate, as in a pod's spec.
    pub tolerations: Vec<Object>,
    /// Affinity of its pods, as in a pod's spec; where possible they are on different nodes when it says nothing of `podAntiAffinity`.
    pub affinity: Object,
    /// Spread of its pods over zones and nodes, as in a pod's spec.
    pub topology_spread_constraints: Vec<Object>,
    /// Priority class of its pods.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub priority_class_name: Option<String>,
}

/// Where Pgpool-II sends reads.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct LoadBalance {
    /// How many reads the primary gets for each 1 of a standby; with 0 it gets those alone that no standby can answer.
    #[schemars(range(min = 0, max = 100))]
    pub primary_weight: u32,
    /// How long a client's reads go to the primary once it has written.
    pub after_write: AfterWrite,
    /// Whether a server is chosen for each statement in place of each session; then an answer may be older than the one before it.
    pub per_statement: bool,
    /// Bytes of the write-ahead log that a standby may be behind and still be read from; 0 for any number.
    #[schemars(range(min = 0, max = 1_099_511_627_776_i64))]
    pub max_lag_bytes: u64,
}

/// How long a client's reads go to the primary once it has written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum AfterWrite {
    /// Until it disconnects: it always sees what it wrote.
    #[default]
    Session,
    /// Until its transaction ends: a read after that may come from a standby that does not have it yet.
    Transaction,
}

impl AfterWrite {
    /// Its name, as Pgpool-II has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "always",
            Self::Transaction => "transaction",
        }
    }
}

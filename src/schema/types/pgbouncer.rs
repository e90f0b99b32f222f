//! The pooler: PgBouncer in front of the servers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, PullPolicy, ReadService, Resources, Scalar, ServiceType, Texts, form};

/// PgBouncer, which lets many clients share a few connections of the server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pgbouncer {
    /// Whether there is one.
    pub enabled: bool,
    /// Where it runs.
    pub mode: PoolerMode,
    /// Its image.
    pub image: PoolerImage,
    /// How many pods of it there are, for standbys as many again.
    #[schemars(range(min = 1, max = 50))]
    pub replicas: u32,
    /// The role that it looks up passwords with; it can do nothing else.
    #[schemars(transform = form::text(form::PLAIN_ROLE))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// Databases that clients reach through it beyond those that are declared.
    #[schemars(transform = form::list(form::PLAIN_DATABASE))]
    pub databases: Vec<String>,
    /// When a client gives its connection of the server back.
    pub pool_mode: PoolMode,
    /// How many clients each pod takes.
    #[schemars(range(min = 1, max = 100_000))]
    pub max_client_conn: u32,
    /// How many connections each pod has at most for one role in one database; 20 when not set, or what there is.
    #[schemars(range(min = 1, max = 10_000))]
    pub default_pool_size: Option<u32>,
    /// How many of them it keeps open while there are clients.
    #[schemars(range(min = 0, max = 10_000))]
    pub min_pool_size: u32,
    /// How many more it may open for clients that wait for `reservePoolTimeout`.
    #[schemars(range(min = 0, max = 10_000))]
    pub reserve_pool_size: u32,
    /// Seconds that a client waits before it gets one of those.
    #[schemars(range(min = 0, max = 86400))]
    pub reserve_pool_timeout: u32,
    /// How many connections each pod has at most in one database; all pods together get 80 % of what the server has when not set.
    #[schemars(range(min = 1, max = 10_000))]
    pub max_db_connections: Option<u32>,
    /// How many prepared statements each connection keeps, so that they work in every pool mode; 0 for none.
    #[schemars(range(min = 0, max = 100_000))]
    pub max_prepared_statements: u32,
    /// Parameters that clients may name when they connect and that are then ignored; others are an error.
    #[schemars(transform = form::list(form::PARAMETER))]
    pub ignore_startup_parameters: Vec<String>,
    /// Seconds after which an unused connection is replaced by a new one.
    #[schemars(range(min = 0, max = 604_800))]
    pub server_lifetime: u32,
    /// Seconds after which an unused connection is closed.
    #[schemars(range(min = 0, max = 604_800))]
    pub server_idle_timeout: u32,
    /// Seconds that a query waits for a connection; 0 for ever.
    #[schemars(range(min = 0, max = 86400))]
    pub query_wait_timeout: u32,
    /// Seconds that a client may leave a transaction open and do nothing; 0 for ever.
    #[schemars(range(min = 0, max = 604_800))]
    pub idle_transaction_timeout: u32,
    /// Further settings of PgBouncer; they win over the chart's, where those are not its alone.
    pub config: BTreeMap<String, Scalar>,
    /// The Service in front of it, at `<name>-pooler`.
    pub service: PoolerService,
    /// The same for the standbys of `mode: ha`, at `<name>-pooler-ro`; it needs `service.readOnly`.
    pub read_only: ReadService,
    /// Its certificate, where `tls` is on.
    pub tls: PoolerTls,
    /// CPU and memory of each pod; it uses one processor at most.
    pub resources: Resources,
    /// Seconds that transactions get to end before a pod is killed.
    #[schemars(range(min = 10, max = 86400))]
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

/// Where the pooler runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PoolerMode {
    /// In pods of its own.
    #[default]
    Deployment,
    /// Beside each server: no further pods, and no others to go on with when the node is lost.
    Sidecar,
}

/// When a client gives its connection of the server back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PoolMode {
    /// When it disconnects.
    Session,
    /// After each transaction: what belongs to a session, such as `SET` and `LISTEN`, does not work.
    #[default]
    Transaction,
    /// After each statement: there are no transactions of several.
    Statement,
}

impl PoolMode {
    /// Its name, as PgBouncer has it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Transaction => "transaction",
            Self::Statement => "statement",
        }
    }
}

/// An image of PgBouncer or Pgpool-II.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PoolerImage {
    /// The registry's host; `global.imageRegistry` wins.
    #[schemars(transform = form::text(form::REGISTRY))]
    pub registry: String,
    /// The repository in the registry; the image needs a shell.
    #[schemars(transform = form::text(form::REPOSITORY))]
    pub repository: String,
    /// The tag; quote tags with a dot. PgBouncer has to be 1.24.1 or newer, Pgpool-II 4.4 or newer.
    #[schemars(transform = form::text_or_integer(form::TAG))]
    pub tag: Option<Scalar>,
    /// A digest such as `sha256:…`; it wins over the tag.
    #[schemars(transform = form::text(form::DIGEST))]
    pub digest: Option<String>,
    /// When the node pulls the image.
    pub pull_policy: PullPolicy,
    /// User ID to run it as; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub uid: Option<u32>,
    /// Group ID to run it as; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub gid: Option<u32>,
}

/// The Service in front of a pooler; families, policies and affinity are those of the database's.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PoolerService {
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Its port; PgBouncer's for standbys has the same.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// The port on every node, for NodePort and LoadBalancer.
    #[schemars(range(min = 1, max = 65535))]
    pub node_port: Option<u16>,
    /// A fixed address in the cluster, or `None`.
    #[serde(rename = "clusterIP")]
    #[schemars(transform = form::text(form::CLUSTER_ADDRESS))]
    pub cluster_ip: Option<String>,
    /// A fixed address of the load balancer, where it supports one.
    #[serde(rename = "loadBalancerIP")]
    #[schemars(transform = form::text(form::ADDRESS))]
    pub load_balancer_ip: Option<String>,
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

/// A pooler's certificate.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PoolerTls {
    /// For source secret: a Secret with the same keys as the server's, which it uses when this is empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// For source cert-manager: names beyond those of its Services.
    #[schemars(transform = form::list(form::HOST))]
    pub dns_names: Vec<String>,
}

//! Services.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Texts, form};

/// The Service that clients connect to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Service {
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Its port.
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
    /// The class of load balancer.
    pub load_balancer_class: Option<String>,
    /// Networks that may use the load balancer, such as `10.0.0.0/8`.
    #[schemars(transform = form::list(form::NETWORK))]
    pub load_balancer_source_ranges: Vec<String>,
    /// Whether traffic from outside may cross nodes; the cluster's default when empty.
    pub external_traffic_policy: Option<ExternalTrafficPolicy>,
    /// Whether a client keeps its pod.
    pub session_affinity: SessionAffinity,
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

/// How a Service is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ServiceType {
    /// From inside the cluster.
    #[default]
    ClusterIP,
    /// At a port of every node.
    NodePort,
    /// Through a load balancer of the cloud or the cluster.
    LoadBalancer,
}

/// Whether traffic from outside may cross nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum ExternalTrafficPolicy {
    /// The cluster's default.
    #[serde(rename = "")]
    Default,
    /// It may.
    Cluster,
    /// It stays on the node, and the client's address is seen.
    Local,
}

/// Whether a client keeps its pod.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum SessionAffinity {
    /// It does not.
    #[default]
    None,
    /// By its address.
    ClientIP,
}

/// The Service that gives each pod a name of its own.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct HeadlessService {
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

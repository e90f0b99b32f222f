//! Services.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, Texts, form};

/// The Service that clients connect to.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Service {
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceType,
    /// Its port; the Services for reading have the same.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
    /// The port on every node, for NodePort and LoadBalancer.
    #[schemars(range(min = 1, max = 65535))]
    pub node_port: Option<u16>,
    /// A fixed address in the cluster, or `None`.
    #[serde(rename = "clusterIP")]
    #[schemars(transform = form::text(form::CLUSTER_ADDRESS))]
    pub cluster_ip: Option<String>,
    /// Fixed addresses of both families; the first is `clusterIP`.
    #[serde(rename = "clusterIPs")]
    #[schemars(transform = form::list(form::CLUSTER_ADDRESS), length(max = 2))]
    pub cluster_ips: Vec<String>,
    /// Families of addresses, in the order of preference; the cluster's default when empty.
    #[schemars(length(max = 2))]
    pub ip_families: Vec<IpFamily>,
    /// Whether it has addresses of one family or of both; the cluster's default when empty.
    pub ip_family_policy: Option<IpFamilyPolicy>,
    /// Addresses outside the cluster that lead to its nodes.
    #[serde(rename = "externalIPs")]
    #[schemars(transform = form::list(form::ADDRESS))]
    pub external_ips: Vec<String>,
    /// A fixed address of the load balancer, where it supports one.
    #[serde(rename = "loadBalancerIP")]
    #[schemars(transform = form::text(form::ADDRESS))]
    pub load_balancer_ip: Option<String>,
    /// The class of load balancer.
    pub load_balancer_class: Option<String>,
    /// Networks that may use the load balancer, such as `10.0.0.0/8`.
    #[schemars(transform = form::list(form::NETWORK))]
    pub load_balancer_source_ranges: Vec<String>,
    /// Whether a load balancer also takes a port of every node; the cluster's default when not set.
    pub allocate_load_balancer_node_ports: Option<bool>,
    /// Whether traffic from outside may cross nodes; the cluster's default when empty.
    pub external_traffic_policy: Option<TrafficPolicy>,
    /// Whether traffic from inside may cross nodes; the cluster's default when empty.
    pub internal_traffic_policy: Option<TrafficPolicy>,
    /// Which pods are preferred, such as `PreferSameZone`; needs Kubernetes 1.30.
    pub traffic_distribution: Option<TrafficDistribution>,
    /// Whether a client keeps its pod.
    pub session_affinity: SessionAffinity,
    /// How long it keeps it, as in a Service's spec.
    pub session_affinity_config: Object,
    /// Whether clients also reach a server that is not ready.
    pub publish_not_ready_addresses: bool,
    /// Ports beyond the database's, such as a sidecar's, as in a Service's spec.
    pub extra_ports: Vec<Object>,
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
    /// Any server of `mode: ha`, at `<name>-r`.
    pub any: ReadService,
    /// The standbys of `mode: ha`, at `<name>-ro`.
    pub read_only: ReadService,
}

/// A Service for reading; port, families, policies and affinity are those of the main one.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReadService {
    /// Whether there is one.
    pub enabled: bool,
    /// How it is reached.
    #[serde(rename = "type")]
    pub kind: ServiceType,
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

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum IpFamily {
    /// Such as `10.0.0.7`.
    IPv4,
    /// Such as `fd00::7`.
    IPv6,
}

/// Whether a Service has addresses of one family or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum IpFamilyPolicy {
    /// The cluster's default.
    #[serde(rename = "")]
    Default,
    /// Of one.
    SingleStack,
    /// Of both where the cluster has both.
    PreferDualStack,
    /// Of both, or not at all.
    RequireDualStack,
}

/// Whether traffic may cross nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum TrafficPolicy {
    /// The cluster's default.
    #[serde(rename = "")]
    Default,
    /// It may.
    Cluster,
    /// It stays on the node; from outside, the client's address is seen.
    Local,
}

/// Which pods of a Service are preferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum TrafficDistribution {
    /// None.
    #[serde(rename = "")]
    Default,
    /// Those in the client's zone; the older name.
    PreferClose,
    /// Those in the client's zone.
    PreferSameZone,
    /// Those on the client's node.
    PreferSameNode,
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

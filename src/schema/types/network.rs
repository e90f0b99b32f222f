//! Who may reach the server, and the ways to it from outside the cluster.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, Texts, form};

/// Who may reach the server, and whom it may reach.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct NetworkPolicy {
    /// Whether everything that is not allowed is closed.
    pub enabled: bool,
    /// Whether pods with the client label may come from any namespace.
    pub any_namespace: bool,
    /// Further peers of the database's port, as in a NetworkPolicy: `podSelector`, `namespaceSelector`, `ipBlock`.
    pub allow: Vec<Object>,
    /// Rules of incoming traffic beyond the chart's, as in a NetworkPolicy.
    pub extra_ingress: Vec<Object>,
    /// Rules of outgoing traffic beyond the chart's, as in a NetworkPolicy.
    pub extra_egress: Vec<Object>,
    /// Where names are resolved.
    pub dns: Dns,
    /// Where the Kubernetes API is.
    pub api_server: ApiServer,
    /// Where the object store of `pgbackrest` is.
    pub repository: RepositoryPeers,
    /// Who reads the metrics.
    pub monitoring: PrometheusPods,
}

/// Where the object store of `pgbackrest` is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RepositoryPeers {
    /// Its peers, as in a NetworkPolicy: `podSelector`, `namespaceSelector`, `ipBlock`; anywhere when empty.
    pub to: Vec<Object>,
    /// Its ports.
    #[schemars(length(min = 1), inner(range(min = 1, max = 65535)))]
    pub ports: Vec<u16>,
}

/// Who reads the metrics.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PrometheusPods {
    /// The namespace of Prometheus; the release's own when empty.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace: Option<String>,
    /// Labels of its pods; any pod of the namespace when empty.
    #[schemars(transform = form::labels)]
    pub pod_labels: Texts,
}

/// Where the Kubernetes API is.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ApiServer {
    /// Networks of its addresses.
    #[schemars(length(min = 1), transform = form::list(form::NETWORK))]
    pub networks: Vec<String>,
    /// Its ports.
    #[schemars(length(min = 1), inner(range(min = 1, max = 65535)))]
    pub ports: Vec<u16>,
}

/// Where names are resolved.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Dns {
    /// The namespace of the cluster's DNS.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace: String,
    /// Networks of DNS servers that are no pods, such as a cache on every node.
    #[schemars(transform = form::list(form::NETWORK))]
    pub networks: Vec<String>,
    /// The port of its pods; OpenShift's is 5353.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
}

/// The way through a Gateway: a TCPRoute to the Service.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Gateway {
    /// Whether there is a TCPRoute.
    pub enabled: bool,
    /// Version of its API: `v1`, or `v1alpha2` where the Gateway API is older than 1.6.
    pub api_version: RouteVersion,
    /// The listeners of Gateways that it is for, as in a TCPRoute.
    pub parent_refs: Vec<Object>,
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

/// Version of the API of a TCPRoute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RouteVersion {
    /// Since Gateway API 1.6.
    #[default]
    V1,
    /// Before.
    #[serde(rename = "v1alpha2")]
    V1Alpha2,
}

//! The values of the built-in chart as Rust types; doc comments become the schema's descriptions.

mod availability;
mod backup;
mod compliance;
mod declaration;
mod development;
mod extras;
mod form;
mod image;
mod industrial;
mod logging;
mod logical;
mod metrics;
mod monitoring;
mod network;
mod patroni;
mod pgbackrest;
mod pgbouncer;
mod pgpool;
mod pod;
mod postgresql;
mod release_tests;
mod replication;
mod scalar;
mod security;
mod service;
mod storage;
mod tls;
mod upgrade;
mod wal_archive;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value as Json;

pub use availability::{
    Amounts, Autoscaling, ControlledResource, ControlledValues, DnsPolicy, EvictionPolicy, Hpa, Pdb, PodAntiAffinity,
    UpdateMode, Vpa,
};
pub use backup::{
    Backup, BackupAccount, BackupEncryption, BackupSource, BackupVolume, Destination, DumpRestore, DumpRetention, Nfs,
    S3, S3Provider, Scratch, ServerSideEncryption, Verify,
};
pub use compliance::{Anchor, CfrControls, CfrPart11, Compliance, Gdpr, Iso9001, IsoControls};
pub use declaration::{Declaration, DeclarationJob, DeclaredSchema, ObjectKind, Privilege, Right, Settings};
pub use development::{Development, Ingress, Pgadmin, ToolImage, ToolService};
pub use extras::{DiagnosticMode, ExternalSecrets, RemoteRef, SecretStoreRef, StoreKind};
pub use image::{Image, PullPolicy};
pub use industrial::{Department, EnergyConsumption, Industrial, Measured, ScadaHistorian, Upkeep};
pub use logging::{Audit, AuditClass, LogFormat, Logging};
pub use logical::{Change, Publication, Publisher, SslMode, Subscription};
pub use metrics::{Metrics, MetricsService};
pub use monitoring::{Alert, GrafanaDashboard, Monitoring, PrometheusRule, ServiceMonitor, Thresholds};
pub use network::{ApiServer, Dns, Gateway, NetworkPolicy, PrometheusPods, RepositoryPeers, RouteVersion};
pub use patroni::Patroni;
pub use pgbackrest::{
    ArchivePush, AzureKeyType, AzureRepository, BackupRetention, CompressType, GcsKeyType, GcsRepository, Pgbackrest,
    PosixRepository, Repository, RepositoryEncryption, RepositoryKeys, RepositoryTls, RepositoryType, Restore,
    RestoreType, RetentionType, S3KeyType, S3Repository, Schedules, UriStyle,
};
pub use pgbouncer::{Pgbouncer, PoolMode, PoolerImage, PoolerMode, PoolerService, PoolerTls};
pub use pgpool::{AfterWrite, LoadBalance, Pgpool};
pub use pod::{Probe, Probes, Rbac, Resources, ServiceAccount, SharedMemory, Sizes};
pub use postgresql::{Database, Initdb, Postgresql, Role, SecretKeys};
pub use release_tests::{Pgbench, ReleaseTests, TestMode};
pub use replication::{Manager, Replication, Synchronous, SynchronousMode};
pub use scalar::Scalar;
pub use security::{AppArmorProfile, FsGroupChangePolicy, OptionalProfileType, ProfileType, SeccompProfile, Security};
pub use service::{
    HeadlessService, IpFamily, IpFamilyPolicy, ReadService, Service, ServiceType, SessionAffinity, TrafficDistribution,
    TrafficPolicy,
};
pub use storage::{AccessMode, Persistence, PodManagementPolicy, Retention, RetentionPolicy, Statefulset, WalVolume};
pub use tls::{
    CertManager, IssuerRef, KeyAlgorithm, PrivateKey, ReplicationClientCertificate, Tls, TlsSource, TlsVersion,
};
pub use upgrade::Upgrade;
pub use wal_archive::{ArchiveRestore, WalArchive};

/// Labels or annotations.
pub type Texts = BTreeMap<String, Scalar>;

/// A Kubernetes object that is passed on as it is.
pub type Object = serde_json::Map<String, Json>;

/// Values of the built-in PostgreSQL chart.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default, remote = "Self")]
#[schemars(
    !remote,
    title = "Values of the built-in PostgreSQL chart",
    extend("x-absent" = {"ingress": "an Ingress carries HTTP, a database does not speak it: use `gateway`, or `service.type: LoadBalancer`"})
)]
pub struct Values {
    /// Replaces the chart's name in object names.
    #[schemars(transform = form::text(form::LABEL))]
    pub name_override: Option<String>,
    /// Replaces the whole prefix of object names.
    #[schemars(transform = form::text(form::PREFIX))]
    pub fullname_override: Option<String>,
    /// Namespace of every object; the release's namespace when empty.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace_override: Option<String>,
    /// Settings that every image and volume shares.
    pub global: Global,
    /// Labels that every object gets.
    #[schemars(transform = form::labels)]
    pub common_labels: Texts,
    /// Annotations that every object gets.
    #[schemars(transform = form::annotations)]
    pub common_annotations: Texts,
    /// The preset: `edge`, `small`, `medium`, `large`, `xlarge`, or a path to a file; `medium` when empty.
    pub preset: Option<String>,
    /// How many servers there are: `standalone` is one, `ha` a primary with standbys.
    pub mode: Mode,
    /// The server's image.
    pub image: Image,
    /// The database server.
    pub postgresql: Postgresql,
    /// Who brings the server to what `postgresql` declares.
    pub declaration: Declaration,
    /// Standbys of a highly available database.
    pub replication: Replication,
    /// An upgrade from an older major version, by dump and restore.
    pub upgrade: Upgrade,
    /// A StatefulSet of one instead of a Deployment; a highly available database always is a StatefulSet.
    pub statefulset: Statefulset,
    /// The volumes.
    pub persistence: Persistence,
    /// CPU and memory of the server; the memory limit decides PostgreSQL's memory settings.
    pub resources: Resources,
    /// The memory volume at `/dev/shm`, which parallel queries use.
    pub shared_memory: SharedMemory,
    /// Seconds that the server gets to write its last checkpoint before it is killed.
    #[schemars(range(min = 1, max = 86400))]
    pub termination_grace_period_seconds: Option<u32>,
    /// How Kubernetes asks whether the server is alive.
    pub probes: Probes,
    /// The Service that clients connect to.
    pub service: Service,
    /// The Service that gives each pod a name of its own.
    pub headless_service: HeadlessService,
    /// Backups and the archive of the log, by pgBackRest.
    pub pgbackrest: Pgbackrest,
    /// An archive of the log on a volume, without pgBackRest.
    pub wal_archive: WalArchive,
    /// The pooler in front of the servers.
    pub pgbouncer: Pgbouncer,
    /// Whoever spreads reads over the servers.
    pub pgpool: Pgpool,
    /// Dumps of every database.
    pub backup: Backup,
    /// Who may reach the server, and whom it may reach.
    pub network_policy: NetworkPolicy,
    /// The way to the server through a Gateway.
    pub gateway: Gateway,
    /// How many pods may be gone at a time while nodes are drained.
    pub pdb: Pdb,
    /// Who changes how many poolers there are, and what servers ask for.
    pub autoscaling: Autoscaling,
    /// Encryption of connections.
    pub tls: Tls,
    /// The identity of the pods.
    pub service_account: ServiceAccount,
    /// What that identity may do in the API.
    pub rbac: Rbac,
    /// What the pods may do on their node.
    pub security: Security,
    /// Labels of the pods beyond the common ones.
    #[schemars(transform = form::labels)]
    pub pod_labels: Texts,
    /// Annotations of the pods beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub pod_annotations: Texts,
    /// Labels of the nodes that the pods may run on.
    #[schemars(transform = form::labels)]
    pub node_selector: Texts,
    /// Taints that the pods tolerate, as in a pod's spec.
    pub tolerations: Vec<Object>,
    /// Affinity of the pods, as in a pod's spec.
    pub affinity: Object,
    /// Whether the pods of a highly available database avoid each other's nodes; `affinity.podAntiAffinity` wins.
    pub pod_anti_affinity: PodAntiAffinity,
    /// Spread of the pods over zones and nodes, as in a pod's spec; over zones where possible when empty.
    pub topology_spread_constraints: Vec<Object>,
    /// The scheduler that chooses their nodes; the cluster's default when empty.
    pub scheduler_name: Option<String>,
    /// The runtime class of the pods.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub runtime_class_name: Option<String>,
    /// Who resolves names for the pods; the cluster's default when empty.
    pub dns_policy: Option<DnsPolicy>,
    /// DNS servers and search domains of the pods, as in a pod's spec.
    pub dns_config: Object,
    /// Names that the pods know beyond DNS, as in a pod's spec.
    pub host_aliases: Vec<Object>,
    /// Priority class of the pods.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub priority_class_name: Option<String>,
    /// Environment variables of the server beyond the chart's own, as in a container's spec.
    pub extra_env: Vec<Object>,
    /// Sources of environment variables of the server, as in a container's spec.
    pub extra_env_from: Vec<Object>,
    /// Volumes of the pods beyond the chart's own, as in a pod's spec.
    pub extra_volumes: Vec<Object>,
    /// Where the server sees volumes beyond the chart's own, as in a container's spec.
    pub extra_volume_mounts: Vec<Object>,
    /// Containers that run before the chart's own, as in a pod's spec.
    pub init_containers: Vec<Object>,
    /// Containers that run beside the server, as in a pod's spec.
    pub sidecars: Vec<Object>,
    /// Objects of the user's, as maps or as text; both are templates that see the values.
    #[schemars(transform = form::objects_or_texts)]
    pub extra_objects: Vec<Json>,
    /// The Secret with the passwords is made by the External Secrets operator.
    pub external_secrets: ExternalSecrets,
    /// The pod sleeps instead of serving.
    pub diagnostic_mode: DiagnosticMode,
    /// What the server writes down, beyond `postgresql.config`.
    pub logging: Logging,
    /// `postgres_exporter` beside each server.
    pub metrics: Metrics,
    /// What Prometheus and Grafana are told of it.
    pub monitoring: Monitoring,
    /// Databases of a factory.
    pub industrial: Industrial,
    /// Controls that regulations ask for, as far as a database can have them.
    pub compliance: Compliance,
    /// A Job that tries the release out.
    pub tests: ReleaseTests,
    /// Tools for developers.
    pub development: Development,
}

// Derived under `remote`, so that nulls can be taken out first: a null deletes, wherever it stands.
impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut json = Json::deserialize(deserializer)?;
        drop_nulls(&mut json);
        Self::deserialize(json).map_err(serde::de::Error::custom)
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

fn drop_nulls(json: &mut Json) {
    match json {
        Json::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(drop_nulls);
        }
        Json::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// Settings that every image and volume shares.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Global {
    /// Registry that every image is pulled from, such as a mirror.
    #[schemars(transform = form::text(form::REGISTRY))]
    pub image_registry: Option<String>,
    /// Names of Secrets with registry credentials.
    #[schemars(transform = form::list(form::OBJECT_NAME))]
    pub image_pull_secrets: Vec<String>,
    /// StorageClass of every volume that names none.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub storage_class: Option<String>,
}

/// How many servers there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// One server.
    #[default]
    Standalone,
    /// A primary and standbys that follow it.
    Ha,
}

impl Values {
    /// Whether there are standbys.
    pub fn is_ha(&self) -> bool {
        self.mode == Mode::Ha || self.replication.enabled
    }

    /// Whether the chart archives the log.
    pub fn has_archive(&self) -> bool {
        self.pgbackrest.enabled || self.wal_archive.enabled
    }

    /// Whether Patroni decides which server writes.
    pub fn has_patroni(&self) -> bool {
        self.is_ha() && self.replication.manager == Manager::Patroni
    }

    /// Whether somebody else makes the Secret with the passwords.
    pub fn brings_secret(&self) -> bool {
        self.external_secrets.enabled || self.postgresql.existing_secret.as_deref().is_some_and(|name| !name.is_empty())
    }

    /// Whether a disruption budget holds up drains; by itself where there are standbys.
    pub fn has_disruption_budget(&self) -> bool {
        self.pdb.enabled.unwrap_or_else(|| self.is_ha())
    }

    /// How many servers there are, the primary included.
    pub fn servers(&self) -> u32 {
        if self.is_ha() { self.replication.read_replicas + 1 } else { 1 }
    }
}

//! What Prometheus and Grafana are told of the exporters: where they are, when to alert, how to look at them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, Texts, form};

/// Objects for the Prometheus operator and for Grafana.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Monitoring {
    /// Tells Prometheus where the exporters are.
    pub service_monitor: ServiceMonitor,
    /// Tells Prometheus when to alert.
    pub prometheus_rule: PrometheusRule,
    /// A dashboard for Grafana.
    pub grafana_dashboard: GrafanaDashboard,
}

/// Tells Prometheus where the exporters are; needs the Prometheus operator.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ServiceMonitor {
    /// Whether there is one.
    pub enabled: bool,
    /// Its namespace; the release's when empty.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace: Option<String>,
    /// Labels beyond the common ones, by which a Prometheus chooses it.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// How often the exporters are asked.
    #[schemars(transform = form::text(form::SPAN))]
    pub interval: String,
    /// How long an answer may take; not longer than the interval.
    #[schemars(transform = form::text(form::SPAN))]
    pub scrape_timeout: String,
    /// Changes of a target's labels, as in a ServiceMonitor.
    pub relabelings: Vec<Object>,
    /// Changes of metrics before they are stored, as in a ServiceMonitor.
    pub metric_relabelings: Vec<Object>,
}

/// Tells Prometheus when to alert; needs the Prometheus operator.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PrometheusRule {
    /// Whether there is one.
    pub enabled: bool,
    /// Its namespace; the release's when empty.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace: Option<String>,
    /// Labels beyond the common ones, by which a Prometheus chooses it.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Labels of every alert, beside `severity`.
    pub alert_labels: Texts,
    /// Alerts that are left out.
    pub disabled: Vec<Alert>,
    /// When alerts fire.
    pub thresholds: Thresholds,
    /// Rules of your own, as in a group of a PrometheusRule.
    pub additional_rules: Vec<Object>,
}

/// The chart's alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[allow(missing_docs, reason = "the rules say what each means")]
pub enum Alert {
    PostgreSQLArchiveFailing,
    PostgreSQLArchiveOld,
    PostgreSQLBackupFailed,
    PostgreSQLBackupTooOld,
    PostgreSQLBackupUnverified,
    PostgreSQLCacheHitsLow,
    PostgreSQLCertificateExpiring,
    PostgreSQLCheckpointsTooFrequent,
    PostgreSQLCommitsWaiting,
    PostgreSQLConnectionsExhausted,
    PostgreSQLConnectionsHigh,
    PostgreSQLDeadRows,
    PostgreSQLDeadlocks,
    PostgreSQLDown,
    PostgreSQLIdleInTransaction,
    PostgreSQLLockWaits,
    PostgreSQLLogLarge,
    PostgreSQLLongTransaction,
    PostgreSQLMetricsIncomplete,
    PostgreSQLMetricsMissing,
    PostgreSQLNoPrimary,
    PostgreSQLReplicationBytes,
    PostgreSQLReplicationLag,
    PostgreSQLRestarts,
    PostgreSQLRollbacksHigh,
    PostgreSQLSlotInactive,
    PostgreSQLSlotLosing,
    PostgreSQLSlotLost,
    PostgreSQLSlowStatements,
    PostgreSQLStandbyMissing,
    PostgreSQLTransactionAge,
    PostgreSQLTwoPrimaries,
    PostgreSQLVolumeFilling,
    PostgreSQLVolumeFull,
    PostgreSQLVolumeFullSoon,
    PostgreSQLWraparoundNear,
}

/// When alerts fire.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Thresholds {
    /// Share of `max_connections` that is in use; the critical alert comes at 0.95.
    #[schemars(range(min = 0, max = 1))]
    pub connections: f64,
    /// Seconds that an active transaction may take.
    #[schemars(range(min = 1))]
    pub long_transaction_seconds: u32,
    /// Seconds that a transaction may do nothing.
    #[schemars(range(min = 1))]
    pub idle_transaction_seconds: u32,
    /// Seconds that a statement may take on average.
    #[schemars(range(min = 0))]
    pub statement_seconds: f64,
    /// Share of reads that memory answers, below which there is an alert.
    #[schemars(range(min = 0, max = 1))]
    pub cache_hits: f64,
    /// Share of transactions that are rolled back.
    #[schemars(range(min = 0, max = 1))]
    pub rollbacks: f64,
    /// Share of a table's rows that are dead.
    #[schemars(range(min = 0, max = 1))]
    pub dead_rows: f64,
    /// Age of a database in transactions; at 2 milliards the server stops writing.
    #[schemars(range(min = 1, max = 2_000_000_000))]
    pub transaction_age: u32,
    /// Seconds that a standby may be behind.
    #[schemars(range(min = 1))]
    pub replication_lag_seconds: u32,
    /// Bytes of log that a standby has yet to replay.
    #[schemars(range(min = 1))]
    pub replication_lag_bytes: u64,
    /// Seconds since a file of the log was archived last; more than `archive_timeout`.
    #[schemars(range(min = 1))]
    pub archive_age_seconds: u32,
    /// Share of a volume that is used; the critical alert comes at 0.95.
    #[schemars(range(min = 0, max = 1))]
    pub volume_used: f64,
    /// Days before a certificate ends.
    #[schemars(range(min = 1))]
    pub certificate_days: u32,
}

/// A dashboard, as a ConfigMap that Grafana's sidecar finds.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GrafanaDashboard {
    /// Whether there is one.
    pub enabled: bool,
    /// Its namespace; the release's when empty.
    #[schemars(transform = form::text(form::LABEL))]
    pub namespace: Option<String>,
    /// Labels by which Grafana's sidecar finds it.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// The folder that it is put into, where the sidecar reads `grafana_folder`; the general one when empty.
    pub folder: Option<String>,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

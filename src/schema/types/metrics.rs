//! The exporter beside each server, which Prometheus asks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, Resources, Scalar, Texts, ToolImage, form};

/// `postgres_exporter` beside each server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Metrics {
    /// Whether there is one.
    pub enabled: bool,
    /// Its image.
    pub image: ToolImage,
    /// The role that it logs in with; it may read statistics, from inside the pod only.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// Collectors to switch on (`true`) or off (`false`), where the chart's choice is not yours.
    #[schemars(transform = form::keys(form::COLLECTOR))]
    pub collectors: BTreeMap<String, bool>,
    /// Queries of your own (name: `query`, `metrics`, …), as in the exporter's `queries.yaml`.
    #[schemars(transform = form::keys(form::METRIC))]
    pub custom_queries: BTreeMap<String, Object>,
    /// Further flags of the exporter.
    pub extra_args: Vec<String>,
    /// CPU and memory of it.
    pub resources: Resources,
    /// The headless Service that finds every exporter.
    pub service: MetricsService,
}

/// The headless Service that finds every exporter.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct MetricsService {
    /// Labels beyond the common ones.
    #[schemars(transform = form::labels)]
    pub labels: Texts,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

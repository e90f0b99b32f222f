//! Databases of a factory.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Resources, Scalar, form};

/// Databases of a factory, one for each department, with their tables.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Industrial {
    /// Whether there are any.
    pub enabled: bool,
    /// `TimescaleDB` for readings: `auto` where the image has it, `required`, or `off`; without it they are in partitions.
    #[schemars(extend("enum" = ["auto", "required", "off", false]))]
    pub timescaledb: Option<Scalar>,
    /// `PostGIS` for places: `auto` where the image has it, `required`, or `off`; without it they are numbers.
    #[schemars(extend("enum" = ["auto", "required", "off", false]))]
    pub postgis: Option<Scalar>,
    /// Database `production_data`: sites, machines, orders, lots, runs, downtime, OEE.
    pub production_data: Department,
    /// Database `quality_metrics`: measurements, capability, control charts, nonconformances, calibration.
    pub quality_metrics: Measured,
    /// Database `maintenance_logs`: requests, orders, parts, failures, MTBF and MTTR.
    pub maintenance_logs: Department,
    /// Database `energy_consumption`: meters, readings, tariffs, cost, baselines.
    pub energy_consumption: EnergyConsumption,
    /// Database `scada_historian`: tags, readings, alarms, rollups.
    pub scada_historian: ScadaHistorian,
    /// Database `audit_trail`: the central copy of what happened in other databases.
    pub audit_trail: Measured,
    /// The job that makes partitions, rolls up and drops what is too old.
    pub upkeep: Upkeep,
}

/// A database.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Department {
    /// Whether there is one.
    pub enabled: bool,
}

/// A database that grows by the month.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Measured {
    /// Whether there is one.
    pub enabled: bool,
    /// Days after which rows are dropped; never, when not set.
    #[schemars(range(min = 1, max = 36525))]
    pub retention_days: Option<u32>,
}

/// The database of meters.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct EnergyConsumption {
    /// Whether there is one.
    pub enabled: bool,
    /// Days after which readings are dropped; never, when not set. What was summed up by the hour stays.
    #[schemars(range(min = 1, max = 36525))]
    pub retention_days: Option<u32>,
    /// Days after which `TimescaleDB` compresses readings; never, when not set.
    #[schemars(range(min = 1, max = 36525))]
    pub compress_after_days: Option<u32>,
}

/// The database of readings.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ScadaHistorian {
    /// Whether there is one.
    pub enabled: bool,
    /// Days after which readings are dropped; never, when not set.
    #[schemars(range(min = 1, max = 36525))]
    pub retention_days: Option<u32>,
    /// Days after which readings by the minute are dropped; never, when not set. Those by hour and day stay.
    #[schemars(range(min = 1, max = 36525))]
    pub rollup_retention_days: Option<u32>,
    /// Days after which `TimescaleDB` compresses readings; never, when not set.
    #[schemars(range(min = 1, max = 36525))]
    pub compress_after_days: Option<u32>,
}

/// The job that makes partitions, rolls up and drops what is too old.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Upkeep {
    /// When it runs, as in a `CronJob`.
    #[schemars(transform = form::text(form::SCHEDULE))]
    pub schedule: String,
    /// The role that it logs in with; it may call the upkeep and nothing else.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// CPU and memory of it.
    pub resources: Resources,
}

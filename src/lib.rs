//! Renders a PostgreSQL chart, or any chart of its kind, into Kubernetes manifests and PostgreSQL files.

pub mod chart;
pub mod cli;
#[cfg(feature = "cluster")]
pub mod cluster;
pub mod diagnostic;
pub mod diff;
pub mod engine;
pub mod lint;
pub mod manifest;
mod pattern;
pub mod postgres;
pub mod release;
pub mod schema;
pub mod secret;
pub mod values;
pub mod yaml;

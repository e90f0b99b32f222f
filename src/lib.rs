//! Renders a PostgreSQL chart, or any chart of its kind, into Kubernetes manifests and PostgreSQL files.

pub mod diagnostic;
pub mod values;
pub mod yaml;

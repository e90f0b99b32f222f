//! How the exporter asks the server: its flags, and where the server is.

use serde::Serialize;

use super::{Major, facts};
use crate::schema::types::Values;

/// Where the pod serves metrics.
pub const PORT: u16 = 9187;

/// Collectors that are off unless somebody asks, and that the alerts or the dashboard need.
const WANTED: [&str; 2] = ["database_wraparound", "postmaster"];

/// What templates need of the exporter.
#[derive(Clone, Debug, Serialize)]
pub struct Metrics {
    /// `postgresql://127.0.0.1:5432/?sslmode=disable`. Who logs in to what is not in it: the exporter cannot take names and
    /// passwords with spaces out of it, and then writes all of it to its log.
    pub address: String,
    /// `--collector.postmaster`, and so on.
    pub flags: Vec<String>,
    /// Whether it reads the statistics of statements.
    pub statements: bool,
}

impl Metrics {
    /// The facts of checked values; none without an exporter.
    pub fn new(values: &Values) -> Option<Self> {
        if !values.metrics.enabled {
            return None;
        }
        let collectors = collectors(values);
        // Over the pod's own loopback a certificate would prove nothing; encryption only satisfies pg_hba.conf.
        let mode = if values.tls.enabled && values.tls.required { "require" } else { "disable" };
        Some(Self {
            address: format!("postgresql://127.0.0.1:5432/?sslmode={mode}"),
            statements: collectors.iter().any(|(name, on)| *on && name == "stat_statements"),
            flags: collectors
                .into_iter()
                .map(|(name, on)| if on { format!("--collector.{name}") } else { format!("--no-collector.{name}") })
                .collect(),
        })
    }
}

/// Whether statements are counted in the database that the exporter looks at.
pub fn counts_statements(values: &Values) -> bool {
    values.postgresql.extensions.iter().any(|name| name == "pg_stat_statements")
}

/// The collectors that differ from the exporter's own choice; the user's word is last.
fn collectors(values: &Values) -> Vec<(String, bool)> {
    let mut all: Vec<(String, bool)> = WANTED.iter().map(|name| ((*name).to_owned(), true)).collect();
    if facts::major(values) >= Major::V17 {
        all.push(("stat_checkpointer".to_owned(), true));
    }
    if counts_statements(values) {
        all.push(("stat_statements".to_owned(), true));
    }
    all.retain(|(name, _)| !values.metrics.collectors.contains_key(name));
    all.extend(values.metrics.collectors.iter().map(|(name, on)| (name.clone(), *on)));
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn collectors_follow_the_major_the_extensions_and_the_user() {
        let mut values = Values::default();
        let flags = |values: &Values| Metrics::new(values).map(|metrics| metrics.flags.join(" "));
        assert_eq!(flags(&values), None);
        values.metrics.enabled = true;
        let usual = "--collector.database_wraparound";
        assert_eq!(flags(&values), Some(format!("{usual} --collector.postmaster")));
        values.postgresql.version = Some(crate::schema::types::Scalar::Int(17));
        values.postgresql.extensions = vec!["pg_stat_statements".to_owned()];
        values.metrics.collectors = [("postmaster".to_owned(), false), ("wal".to_owned(), true)].into();
        let more = "--no-collector.postmaster --collector.stat_checkpointer --collector.stat_statements";
        assert_eq!(flags(&values), Some(format!("{usual} {more} --collector.wal")));
    }
}

//! Patroni: which parameters it keeps for the whole cluster, and how its servers log in to each other.

use std::collections::BTreeMap;

use serde::Serialize;

use super::conf;
use super::tls::Tls;
use crate::schema::types::Values;

/// Parameters that Patroni gives the servers from its store, whatever a file says, with its defaults.
///
/// Source: Patroni documentation, "Important rules" of dynamic configuration.
const SHARED: [(&str, &str); 10] = [
    ("max_connections", "100"),
    ("max_locks_per_transaction", "64"),
    ("max_prepared_transactions", "0"),
    ("max_replication_slots", "10"),
    ("max_wal_senders", "10"),
    ("max_worker_processes", "8"),
    ("track_commit_timestamp", "off"),
    ("wal_keep_size", "128MB"),
    ("wal_level", "replica"),
    ("wal_log_hints", "on"),
];

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
pub struct Patroni {
    /// The shared parameters. All are said, so that one that is no longer set goes back to its default.
    pub parameters: BTreeMap<&'static str, String>,
    /// How servers log in to each other, as libpq's keywords.
    pub connection: BTreeMap<String, String>,
}

impl Patroni {
    /// The facts of checked values; none where nobody is elected.
    pub fn new(values: &Values, configuration: &str, tls: Option<&Tls>) -> Option<Self> {
        values.has_patroni().then(|| {
            let set: BTreeMap<_, _> = conf::read(configuration).unwrap_or_default().into_iter().collect();
            let value = |name: &str, default: &str| set.get(name).map_or(default, String::as_str).to_owned();
            let words = tls.map(|tls| tls.conninfo.as_str()).unwrap_or_default();
            let pair = |word: &str| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
            Self {
                parameters: SHARED.iter().map(|(name, default)| (*name, value(name, default))).collect(),
                connection: words.split(' ').filter_map(pair).collect(),
            }
        })
    }
}

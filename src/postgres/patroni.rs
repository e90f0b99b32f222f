//! Patroni: which parameters it keeps for the whole cluster, and how its servers log in to each other.

use std::collections::BTreeMap;

use serde::Serialize;

use super::conf;
use super::tls::Tls;
use crate::schema::types::Values;

/// Parameters that Patroni gives the servers from its store, whatever a file says.
///
/// Source: Patroni documentation, "Important rules" of dynamic configuration.
const SHARED: [&str; 10] = [
    "max_connections",
    "max_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "max_worker_processes",
    "track_commit_timestamp",
    "wal_keep_size",
    "wal_level",
    "wal_log_hints",
];

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
pub struct Patroni {
    /// The shared parameters; none for those that are Patroni's own defaults.
    pub parameters: BTreeMap<&'static str, Option<String>>,
    /// How servers log in to each other, as libpq's keywords.
    pub connection: BTreeMap<String, String>,
}

impl Patroni {
    /// The facts of checked values; none where nobody is elected.
    pub fn new(values: &Values, configuration: &str, tls: Option<&Tls>) -> Option<Self> {
        values.has_patroni().then(|| {
            let set: BTreeMap<_, _> = conf::read(configuration).unwrap_or_default().into_iter().collect();
            let words = tls.map(|tls| tls.conninfo.as_str()).unwrap_or_default();
            let pair = |word: &str| word.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
            Self {
                parameters: SHARED.iter().map(|name| (*name, set.get(*name).cloned())).collect(),
                connection: words.split(' ').filter_map(pair).collect(),
            }
        })
    }
}

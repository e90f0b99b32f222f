//! The checks of a PostgreSQL chart's values that no schema can make; every finding at the user's line.

mod availability;
mod backup;
mod cluster;
mod compliance;
mod declaration;
mod duty;
mod extras;
mod image;
mod industrial;
mod monitoring;
mod network;
mod parameters;
mod pgbackrest;
mod pgpool;
mod pooler;
mod recovery;
mod release_tests;
mod replication;
mod sizes;
mod tls;
mod upgrade;
mod wal_archive;

use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use crate::schema::types::Values;
use crate::yaml::Node;

use super::{Major, facts};

/// What a check looks at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The values with their places.
    pub node: &'a Node,
    /// The same values, typed.
    pub values: &'a Values,
    /// The texts that the places point into.
    pub sources: &'a Sources,
    /// The preset's text: what stands there is not the user's.
    pub preset: Option<SourceId>,
}

impl Subject<'_> {
    fn major(&self) -> Major {
        facts::major(self.values)
    }

    /// Where a value stands; the nearest place above it when it is not set.
    fn span(&self, path: &[&str]) -> Span {
        let mut at = self.node;
        let mut span = self.node.span;
        for key in path {
            let Some(entry) = at.entry(key) else { return span };
            at = &entry.node;
            span = entry.key;
        }
        at.span
    }
}

/// All findings, warnings included.
pub fn check(subject: Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    parameters::check(subject, &mut found);
    parameters::check_hba(subject, &mut found);
    image::check(subject, &mut found);
    industrial::check(subject, &mut found);
    compliance::check(subject, &mut found);
    cluster::check(subject, &mut found);
    declaration::check(subject, &mut found);
    duty::check(subject, &mut found);
    replication::check(subject, &mut found);
    upgrade::check(subject, &mut found);
    availability::check(subject, &mut found);
    network::check(subject, &mut found);
    monitoring::check(subject, &mut found);
    extras::check(subject, &mut found);
    // Sums of settings that are wrong one by one would only repeat it.
    if found.is_empty() {
        sizes::check(subject, &mut found);
    }
    pooler::check(subject, &mut found);
    pgpool::check(subject, &mut found);
    release_tests::check(subject, &mut found);
    backup::check(subject, &mut found);
    pgbackrest::check(subject, &mut found);
    wal_archive::check(subject, &mut found);
    tls::check(subject, &mut found);
    found
}

//! The checks of a PostgreSQL chart's values that no schema can make; every finding at the user's line, with the id of the
//! rule in `lint` that documents it.

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

pub(crate) use extras::RESTRICTED_VOLUMES;

use crate::diagnostic::{Diagnostic, SourceId, Sources, Span, mark};
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
    let first: [(&str, Part); 14] = [
        ("PG031", parameters::check),
        ("PG032", parameters::check_hba),
        ("PG033", image::check),
        ("PG034", industrial::check),
        ("PG035", compliance::check),
        ("PG036", cluster::check),
        ("PG037", declaration::check),
        ("PG038", duty::check),
        ("PG039", replication::check),
        ("PG040", upgrade::check),
        ("PG041", availability::check),
        ("PG042", network::check),
        ("PG043", monitoring::check),
        ("PG044", extras::check),
    ];
    run(subject, &mut found, &first);
    // Sums of settings that are wrong one by one would only repeat it.
    if found.is_empty() {
        sizes::check(subject, &mut found);
    }
    let rest: [(&str, Part); 7] = [
        ("PG045", pooler::check),
        ("PG046", pgpool::check),
        ("PG047", release_tests::check),
        ("PG048", backup::check),
        ("PG049", pgbackrest::check),
        ("PG050", wal_archive::check),
        ("PG051", tls::check),
    ];
    run(subject, &mut found, &rest);
    found
}

/// One check.
type Part = fn(Subject<'_>, &mut Vec<Diagnostic>);

/// Runs checks, and marks what each finds with its lint rule where it names none itself.
fn run(subject: Subject<'_>, found: &mut Vec<Diagnostic>, parts: &[(&'static str, Part)]) {
    for (rule, check) in parts {
        let before = found.len();
        check(subject, found);
        mark(&mut found[before..], rule);
    }
}

//! Commits wait for whichever connection streams, `*`.
//!
//! A base backup or a stranger counts as a standby, and the commit is confirmed although no standby has it.
//!
//! Name the standbys as their `application_name` says: `FIRST 1 ("db-1", "db-2")`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG090", "anybody-counts", Warning, "anybody_counts.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        if let Some((text, place)) = server.text("synchronous_standby_names")
            && text.contains('*')
        {
            found.push(RULE.finding("any connection that streams counts as a standby").at(place, "name the standbys"));
        }
    }
}

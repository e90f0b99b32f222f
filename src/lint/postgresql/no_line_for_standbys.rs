//! `pg_hba.conf` has no line for replication, and there are standbys.
//!
//! `all` does not stand for `replication`: standbys are refused with "no `pg_hba.conf` entry for replication connection".
//!
//! Add `host replication ROLE ADDRESS scram-sha-256`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::hba::is_for_replication;

pub(super) static RULE: Rule = rule!("PG078", "no-line-for-standbys", Error, "no_line_for_standbys.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers().iter().filter(|server| server.object.replicas() > 1 && !server.hba.is_empty()) {
        let remote = |(line, _): &&(String, _)| line.starts_with("host") && is_for_replication(line);
        if !server.hba.iter().any(|line| remote(&line)) {
            let place = server.hba.last().map_or(server.object.root().span, |(_, span)| *span);
            let message = "no line of this pg_hba.conf lets standbys in";
            let finding = RULE.finding(message).at(place, "`all` does not stand for `replication`");
            found.push(finding.help("add `host replication ROLE ADDRESS scram-sha-256`"));
        }
    }
}

//! Tests of the release: they can log in, and a load is no more than the server takes.

use super::{Subject, run};
use crate::diagnostic::Diagnostic;
use crate::postgres::{facts, hba};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.values.tests.enabled {
        run(subject, found, &[("PG057", login)]);
        load(subject, found);
    }
}

/// A file of the user's own has to let the tests in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (postgresql, role) = (&subject.values.postgresql, &subject.values.tests.username);
    let lines = &postgresql.hba_override;
    if lines.is_empty() || hba::lets_in(lines, &postgresql.database, role) {
        return;
    }
    let (database, place) = (&postgresql.database, subject.span(&["postgresql", "hbaOverride"]));
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets the tests in")
            .at(place, "")
            .help(format!("add `host {database} {role} all scram-sha-256`: they read settings and statistics")),
    );
}

/// A load that the server refuses tells nothing of the release.
fn load(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let bench = &subject.values.tests.pgbench;
    let number = |name, default| facts::number(subject.values, name).unwrap_or(default);
    let reserved = number("superuser_reserved_connections", 3) + number("reserved_connections", 0);
    let usable = number("max_connections", 100) - reserved;
    if bench.enabled && i64::from(bench.clients) > usable {
        found.push(
            Diagnostic::error(format!(
                "{} clients are more than the {usable} connections of the server",
                bench.clients
            ))
            .at(subject.span(&["tests", "pgbench", "clients"]), "")
            .help("use fewer, or raise `postgresql.config.max_connections`"),
        );
    }
}

//! Variables that this image does not know.
//!
//! `POSTGRESQL_…` and `POSTGRES_REPLICATION_…` belong to Bitnami's images; the official ones pass them over without a word, and
//! what they ask for does not happen.
//!
//! Use the variables of the image, or the image of the variables.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG084", "foreign-variables", Error, "foreign_variables.rs", Always(check));

/// The beginnings of names that images of others take; those of PgBouncer first.
const FOREIGN: [&str; 5] = ["PGBOUNCER_", "POSTGRESQL_", "POSTGRES_REPLICATION_", "BITNAMI_", "TIMESCALEDB_ENABLED"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let image = container.image();
            let repository = container.repository();
            let last = repository.rsplit('/').next().unwrap_or(repository);
            let known = matches!(last, "postgres" | "postgis" | "timescaledb" | "pgbouncer");
            if !known || repository.contains("bitnami") {
                continue;
            }
            // This one takes its settings from variables of that name.
            let foreign: &[&str] = if repository.ends_with("pgbouncer/pgbouncer") { &FOREIGN[1..] } else { &FOREIGN };
            for variable in container.list("env") {
                let name = text(variable, &["name"]);
                if foreign.iter().any(|prefix| name.starts_with(prefix)) {
                    let place = variable.get("name").map_or(variable.span, |node| node.span);
                    let finding = RULE.finding(format!("image `{image}` does not know `{name}`")).at(place, "");
                    found.push(finding.help("use a variable of this image, or the image that knows this one"));
                }
            }
        }
    }
}

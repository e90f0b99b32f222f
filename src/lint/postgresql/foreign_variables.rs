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

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let image = container.image();
            let official = image.split(':').next().is_some_and(|name| {
                matches!(name.rsplit('/').next(), Some("postgres" | "postgis" | "timescaledb" | "pgbouncer"))
                    && !name.contains("bitnami")
            });
            if !official {
                continue;
            }
            for variable in container.list("env") {
                let name = text(variable, &["name"]);
                let foreign = ["POSTGRESQL_", "POSTGRES_REPLICATION_", "PGBOUNCER_", "BITNAMI_", "TIMESCALEDB_ENABLED"];
                if foreign.iter().any(|prefix| name.starts_with(prefix)) {
                    let place = variable.get("name").map_or(variable.span, |node| node.span);
                    found.push(RULE.finding(format!("image `{image}` does not know `{name}`")).at(place, ""));
                }
            }
        }
    }
}

//! An extension that has to be loaded when the server starts, and is not.
//!
//! `CREATE EXTENSION` works for some of them, and every call fails with "must be loaded via `shared_preload_libraries`".
//!
//! Add it to `shared_preload_libraries`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG082", "extension-not-preloaded", Error, "extension_not_preloaded.rs", Always(check));

const PRELOADED: [&str; 6] = ["pg_stat_statements", "timescaledb", "pg_cron", "pgaudit", "citus", "pg_squeeze"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    let Some(server) = subject.servers().first() else { return };
    let loaded = server.text("shared_preload_libraries").map(|(text, _)| text.to_owned()).unwrap_or_default();
    // Images of an extension load it in the file that they bring along.
    let image = server.container.image();
    let own_file = server.text("config_file").or(server.text("shared_preload_libraries"));
    for text in subject.texts() {
        for (line, span) in text.lines(subject.sources) {
            let lower = line.to_lowercase();
            if !lower.contains("create extension") {
                continue;
            }
            let needed = PRELOADED.iter().filter(|name| !(own_file.is_none() && image.contains(**name)));
            for name in needed.filter(|name| lower.contains(**name) && !loaded.contains(**name)) {
                let message = format!("`{name}` is created and never loaded");
                found.push(
                    RULE.finding(message).at(*span, "").help(format!("set `shared_preload_libraries = '{name}'`")),
                );
            }
        }
    }
}

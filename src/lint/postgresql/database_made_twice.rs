//! A script creates the database that the image has made already.
//!
//! It fails with "already exists", the first boot ends in the middle, and the next start takes the half for the whole.
//!
//! Leave it out, or ask first: `SELECT … WHERE NOT EXISTS (SELECT FROM pg_database …) \gexec`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG083", "database-made-twice", Error, "database_made_twice.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some(node) = server.variable("POSTGRES_DB").and_then(|variable| variable.get("value")) else { continue };
        let name = node.as_str().unwrap_or_default();
        for text in subject.texts() {
            let makes = |line: &str| {
                let lower = line.to_lowercase();
                let rest = lower.trim_start().strip_prefix("create database ").map(str::trim_start).unwrap_or_default();
                let word: String =
                    rest.trim_start_matches('"').chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                word == name.to_lowercase() && !word.is_empty()
            };
            if let Some((_, span)) = text.line(subject.sources, makes) {
                let message = format!("the image has made database `{name}` before this runs");
                let finding = RULE.finding(message).at(span, "").label(node.span, "by this");
                found.push(
                    finding
                        .help("leave it out, or ask first: `SELECT 'CREATE DATABASE …' WHERE NOT EXISTS (…) \\gexec`"),
                );
            }
        }
    }
}

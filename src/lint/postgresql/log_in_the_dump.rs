//! A dump has the program's messages in it.
//!
//! With `2>&1` they go to the same place as the SQL, or those of the compressor into the compressed file, and restoring fails.
//!
//! Leave `2>&1` out, or send messages to a file of their own.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG088", "log-in-the-dump", Error, "log_in_the_dump.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        let mixes = |line: &str| {
            let dump = line.find("pg_dump").map(|at| &line[at..]).unwrap_or_default();
            let Some(at) = dump.find("2>&1") else { return false };
            let behind = dump[at + "2>&1".len()..].trim_start();
            let into_a_file = dump[..at].contains('>') && !dump[..at].contains('|');
            behind.starts_with('|') && !behind.starts_with("||") || into_a_file || dump[..at].contains("| gzip")
        };
        if let Some((_, span)) = text.line(subject.sources, mixes) {
            found.push(RULE.finding("messages of `pg_dump` end up in the dump").at(span, "leave `2>&1` out"));
        }
    }
}

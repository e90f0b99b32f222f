//! A dump is written under its final name.
//!
//! When it ends in the middle, what is there looks like a backup and is none; the clean-up keeps it and deletes a good one.
//!
//! Write to another name, check what was written, and rename it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG089", "half-a-backup", Warning, "half_a_backup.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        if text.text.contains("mv ") || text.text.contains("pipefail") && text.text.contains(".part") {
            continue;
        }
        let writes = |line: &str| {
            let dump = line.find("pg_dump").map(|at| &line[at..]).unwrap_or_default();
            // A dump inside of `$( )` is looked at right there.
            !dump.is_empty()
                && !line.contains("$(")
                && (dump.contains(" > ") || dump.contains(">\"") || dump.contains(" -f ") || dump.contains("--file"))
        };
        if let Some((_, span)) = text.line(subject.sources, writes) {
            found.push(
                RULE.finding("a dump that fails leaves a file that looks like a backup")
                    .at(span, "write elsewhere, then rename"),
            );
        }
    }
}

//! An `archive_command` that overwrites what is there.
//!
//! Two servers with one archive then destroy each other's log, and nobody knows until a restore.
//!
//! Ask first and rename last: `test ! -f A/%f && cp %p A/%f.part && mv A/%f.part A/%f`; or use pgBackRest.
//!
//! Source: PostgreSQL documentation, "Setting Up WAL Archiving".

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG092", "archive-overwrites", Error, "archive_overwrites.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some((command, place)) = server.text("archive_command") else { continue };
        let copies =
            ["cp ", "gzip", "lz4", "zstd", "cat "].iter().any(|word| command.contains(word)) && command.contains("%p");
        let asks =
            ["! -f", "! -e", "cp -n", "cp -i", "--no-clobber", "noclobber"].iter().any(|word| command.contains(word));
        if copies && !asks {
            found.push(
                RULE.finding("this command overwrites a segment that is there").at(place, "ask first: `test ! -f …`"),
            );
        }
    }
}

//! A privilege that a database does not have.
//!
//! `GRANT SELECT ON DATABASE` is refused: tables have it, databases have `CONNECT`, `CREATE` and `TEMPORARY`.
//!
//! Grant it on tables: `GRANT SELECT ON ALL TABLES IN SCHEMA …`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG097", "bad-grant", Error, "bad_grant.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        for (line, span) in text.lines(subject.sources) {
            if !line.get(.."GRANT ".len()).is_some_and(|start| start.eq_ignore_ascii_case("GRANT ")) {
                continue;
            }
            let upper = line.to_uppercase();
            let Some(at) = upper.find(" ON DATABASE ") else { continue };
            let privileges = &upper["GRANT ".len()..at];
            let known = ["CONNECT", "CREATE", "TEMP", "TEMPORARY", "ALL", "ALL PRIVILEGES"];
            if let Some(wrong) = privileges.split(',').map(str::trim).find(|word| !known.contains(word)) {
                let finding = RULE.finding(format!("a database has no privilege `{wrong}`")).at(*span, "");
                found.push(finding.help("grant it on tables: `ON ALL TABLES IN SCHEMA …`"));
            }
        }
    }
}

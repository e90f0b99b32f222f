//! Passwords are hashed or checked with MD5.
//!
//! Whoever reads the hash can log in with it, and PostgreSQL is about to drop it.
//!
//! Use `scram-sha-256` in `pg_hba.conf` and for `password_encryption`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG079", "md5", Warning, "md5.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for (line, span) in &server.hba {
            if line.split_whitespace().any(|word| word == "md5") {
                found.push(
                    RULE.finding("this line takes passwords that are hashed with MD5").at(*span, "use `scram-sha-256`"),
                );
            }
        }
        if let Some(("md5", place)) = server.text("password_encryption") {
            found.push(RULE.finding("new passwords are hashed with MD5").at(place, "use `scram-sha-256`"));
        }
    }
}

//! A password that counts at the first boot only.
//!
//! The image reads `POSTGRES_PASSWORD` when it makes the database, and never again: a changed Secret changes nothing, and whoever
//! reads it is locked out.
//!
//! Set roles' passwords from the Secret at every boot.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG016", "password-of-the-first-boot", Note, "password_of_the_first_boot.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for name in ["POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE"] {
            if let Some(variable) = server.variable(name) {
                let place = variable.get("name").map_or(variable.span, |node| node.span);
                let finding = RULE.finding(format!("`{name}` counts at the first boot only")).at(place, "");
                found.push(finding.help("after a change say `ALTER ROLE … PASSWORD`, or set it at every boot"));
            }
        }
    }
}

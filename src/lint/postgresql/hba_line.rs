//! A line of `pg_hba.conf` that the server does not read.
//!
//! One wrong line keeps the server from starting, or from taking any change at a reload.
//!
//! A line is `TYPE DATABASE USER [ADDRESS] METHOD [OPTIONS]`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::Major;
use crate::postgres::hba;

pub(super) static RULE: Rule = rule!("PG032", "hba-line", Error, "hba_line.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        for (line, span) in &server.hba {
            if let Err(problem) = hba::check(server.major.unwrap_or(Major::V16), line) {
                found.push(RULE.finding(problem.message).at(*span, problem.label));
            }
        }
    }
}

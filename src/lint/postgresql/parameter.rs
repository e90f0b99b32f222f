//! A parameter that this major version does not know, or a value that it does not take.
//!
//! The server reads its files when it starts, and one unknown name or wrong unit keeps it from starting. Units are `B`, `kB`, `MB`,
//! `GB`, `TB` and `us`, `ms`, `s`, `min`, `h`, `d`, in exactly this spelling.
//!
//! `pgchart explain postgresql.config.NAME` tells what a parameter takes.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::Major;
use crate::postgres::setting;

pub(super) static RULE: Rule = rule!("PG031", "parameter", Error, "parameter.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        for set in &server.settings {
            let Err(problem) = setting::check(server.major.unwrap_or(Major::V16), &set.name, &set.value) else {
                continue;
            };
            let finding = RULE.finding(problem.message).at(set.span, problem.label);
            found.push(match problem.help {
                Some(help) => finding.help(help),
                None => finding,
            });
        }
    }
}

//! Commits wait for as many standbys as there are, or for more.
//!
//! With `n` of `n` standbys synchronous, one that restarts stops all writes; with more than there are, no commit ever ends.
//!
//! Have one standby more than commits wait for, or let them wait for fewer.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG019", "synchronous-standbys", Error, "synchronous_standbys.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let Some((text, place)) = server.text("synchronous_standby_names") else { continue };
        let words: Vec<&str> = text.split_whitespace().collect();
        let wanted = match words.as_slice() {
            [] => continue,
            ["FIRST" | "ANY" | "first" | "any", number, ..] => number.parse().unwrap_or(1),
            _ => 1,
        };
        let standbys = server.object.replicas() - 1;
        if wanted > standbys {
            let message = format!("a commit would wait for {wanted} standbys, and there are only {standbys}");
            found.push(RULE.finding(message).at(place, "no commit would ever end"));
        } else if wanted == standbys {
            let message = "with every standby synchronous, one that is down stops all writes";
            let finding = Diagnostic { severity: Severity::Warning, ..RULE.finding(message) };
            found.push(finding.at(place, "").help("have one standby more than commits wait for"));
        }
    }
}

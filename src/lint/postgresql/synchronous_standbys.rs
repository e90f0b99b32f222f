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
        let Some(wanted) = wanted(text) else { continue };
        let standbys = server.object.replicas() - 1;
        if wanted > standbys {
            let message = format!("a commit would wait for {wanted} standbys, and there are only {standbys}");
            let help = format!("let commits wait for {}", (standbys - 1).max(0));
            found.push(RULE.finding(message).at(place, "no commit would ever end").help(help));
        } else if wanted == standbys {
            let message = "with every standby synchronous, one that is down stops all writes";
            let finding = Diagnostic { severity: Severity::Warning, ..RULE.finding(message) };
            found.push(finding.at(place, "").help("have one standby more than commits wait for"));
        }
    }
}

/// How many standbys a commit waits for: `ANY 2 (a, b, c)`, `FIRST 1 (a)`, `2 (a, b)`, or a list, of which one counts.
///
/// Source: PostgreSQL documentation, `synchronous_standby_names`.
fn wanted(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let Some((head, _)) = text.split_once('(') else { return Some(1) };
    head.split_whitespace().last().map_or(Some(1), |number| number.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::wanted;

    #[test]
    fn every_form_of_the_list_is_counted() {
        for (text, number) in [
            ("", None),
            ("a, b", Some(1)),
            ("FIRST 2 (a, b, c)", Some(2)),
            ("any 3(a,b,c)", Some(3)),
            ("2 (a, b)", Some(2)),
        ] {
            assert_eq!(wanted(text), number, "{text}");
        }
    }
}

//! A trigger that runs before a DELETE and returns `NEW`.
//!
//! `NEW` is null there, and null cancels the statement: rows are never deleted, and nobody is told.
//!
//! Return `OLD` for a DELETE, or run the trigger `AFTER`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG098", "trigger-cancels", Error, "trigger_cancels.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts().iter().filter(|text| text.is_sql()) {
        let upper = text.text.to_uppercase();
        let before = upper.lines().any(|line| line.contains("BEFORE ") && line.contains("DELETE"));
        if !before || upper.contains("RETURN OLD") || upper.contains("COALESCE(NEW") || upper.contains("COALESCE (NEW")
        {
            continue;
        }
        if let Some((_, span)) = text.line(subject.sources, |line| line.to_uppercase().contains("RETURN NEW")) {
            found.push(RULE.finding("this trigger cancels every DELETE").at(span, "`NEW` is null there, return `OLD`"));
        }
    }
}

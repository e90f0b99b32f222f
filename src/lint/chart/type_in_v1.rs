//! Chart.yaml of `apiVersion: v1` has a `type`.
//!
//! Helm 2's charts have none, and programs that read them pass it over.
//!
//! Write `apiVersion: v2`.

use super::file::{place, text};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT012", "type-in-v1", Error, "type_in_v1.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    if text(file, "apiVersion") != "v2" && !text(file, "type").is_empty() {
        let message = "chart type is valid with apiVersion `v2` only";
        found.push(RULE.finding(message).at(place(file, "type"), "").help("write `apiVersion: v2`"));
    }
}

//! Chart.yaml has no `apiVersion`, or one that Helm does not know.
//!
//! Helm 4 refuses the chart.
//!
//! Write `apiVersion: v2`.

use super::file::{place, text};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT005", "api-version", Error, "api_version.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    let version = text(file, "apiVersion");
    if version.is_empty() {
        found.push(
            RULE.finding("apiVersion is required").at(place(file, "apiVersion"), "").help("write `apiVersion: v2`"),
        );
    } else if !matches!(version.as_str(), "v1" | "v2") {
        let message = format!("apiVersion `{version}` is not valid");
        found.push(RULE.finding(message).at(place(file, "apiVersion"), "expected `v1` or `v2`"));
    }
}

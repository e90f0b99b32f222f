//! Chart.yaml of `apiVersion: v1` lists dependencies.
//!
//! There they belong into requirements.yaml.
//!
//! Write `apiVersion: v2`.

use super::file::{place, text};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT013", "dependencies-in-v1", Error, "dependencies_in_v1.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    if text(file, "apiVersion") != "v2" && file.get("dependencies").is_some_and(|node| !node.is_null()) {
        let message = "dependencies in Chart.yaml are valid with apiVersion `v2` only";
        found.push(RULE.finding(message).at(place(file, "dependencies"), "").help("write `apiVersion: v2`"));
    }
}

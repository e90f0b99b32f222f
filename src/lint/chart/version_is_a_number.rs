//! A version in Chart.yaml that YAML reads as a number.
//!
//! `1.10` becomes 1.1, and `20251128` an integer that templates print in other ways.
//!
//! Quote it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::{Node, Value};

pub(super) static RULE: Rule = rule!("CHT008", "version-is-a-number", Error, "version_is_a_number.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    for key in ["version", "appVersion", "apiVersion"] {
        let Some(node) = file.get(key) else { continue };
        if matches!(node.value, Value::Int(_) | Value::Float(_) | Value::Bool(_)) {
            let message =
                format!("{key} should be text, found {}", Node::new(node.value.clone(), node.span).value.kind());
            found.push(RULE.finding(message).at(node.span, "quote it"));
        }
    }
}

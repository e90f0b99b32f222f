//! A field that the kind does not have.
//!
//! The API server drops it without a word, or refuses the object when it is asked to be strict: either way the field does not do
//! what it says. Fields are those of Kubernetes 1.36.
//!
//! Correct the spelling, or move the field to the object that has it.

use super::fields::{Misfit, misfits};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S001", "unknown-field", Error, "unknown_field.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for misfit in misfits(subject) {
        if let Misfit::Unknown { field, within, at, hint } = misfit {
            let within = if within.is_empty() { "this kind".to_owned() } else { format!("`{within}`") };
            let finding = RULE.finding(format!("{within} has no field `{field}`"));
            found.push(if hint.is_empty() {
                finding.at(at, "").help("delete it, or move it to the object that has it")
            } else {
                finding.at(at, hint)
            });
        }
    }
}

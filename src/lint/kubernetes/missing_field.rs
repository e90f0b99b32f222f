//! An object lacks a field that its kind needs.
//!
//! The API server refuses it.
//!
//! Add the field; the finding points at the object that lacks it.

use super::fields::{Misfit, misfits};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S003", "missing-field", Error, "missing_field.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for misfit in misfits(subject) {
        if let Misfit::Missing { field, within, at } = misfit {
            let within = if within.is_empty() { "this object".to_owned() } else { format!("`{within}`") };
            found.push(RULE.finding(format!("{within} lacks `{field}`")).at(at, "").help(format!("add `{field}`")));
        }
    }
}

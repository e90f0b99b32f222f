//! A value of another type than the field takes.
//!
//! The API server refuses the whole object. In YAML `yes`, `1.30` and `0644` are no text unless they are quoted.
//!
//! Quote what is text, and unquote what is a number or a boolean.

use super::fields::{Misfit, misfits};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S002", "wrong-type", Error, "wrong_type.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for misfit in misfits(subject) {
        if let Misfit::Type { path, wanted, found: kind, at } = misfit {
            let finding = RULE.finding(format!("`{path}` must be {wanted}, found {kind}")).at(at, "");
            let is_scalar = !matches!(kind, "a list" | "an object" | "null");
            found.push(match wanted {
                "text" if is_scalar => finding.help("quote it; in a template: `{{ … | quote }}`"),
                "an integer" | "a number" | "true or false" if kind == "text" => finding.help("leave the quotes out"),
                _ => finding.help(format!("write {wanted}")),
            });
        }
    }
}

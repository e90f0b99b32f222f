//! A null that deletes a default which the chart does not have.
//!
//! It does nothing; probably the key is misspelled.
//!
//! Correct the key, or delete the line.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Mapping;

pub(super) static RULE: Rule =
    rule!("VAL011", "null-without-default", Warning, "null_without_default.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(chart) = subject.chart() else { return };
    for layer in subject.layers {
        walk(layer, &chart.values, &mut Vec::new(), chart.is_postgresql(), found);
    }
}

fn walk(layer: &Mapping, defaults: &Mapping, path: &mut Vec<String>, contract: bool, found: &mut Vec<Diagnostic>) {
    for (key, entry) in layer {
        path.push(key.clone());
        // In the contract "not set" is a value of its own, and presets set what values.yaml leaves open.
        match defaults.get(key) {
            None if entry.node.is_null() && !contract => {
                let message =
                    format!("`{}` is null, and the chart has no default that it could delete", path.join("."));
                found.push(RULE.finding(message).at(entry.key, "").help("correct the key, or delete the line"));
            }
            Some(default) => {
                if let (Some(below), Some(map)) = (entry.node.as_map(), default.node.as_map()) {
                    walk(below, map, path, contract, found);
                }
            }
            None => {}
        }
        path.pop();
    }
}

//! A size or an amount in a unit that it is not measured in.
//!
//! `memory: 512m` is half a byte, `cpu: 500Mi` half a billion processors, `4GB` is refused by Kubernetes.
//!
//! Memory and storage take `512Mi`, `4Gi`; processors `500m`, `2`. PostgreSQL's own sizes are written `512MB`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::quantity;
use crate::yaml::{Mapping, Value};

pub(super) static RULE: Rule = rule!("VAL012", "wrong-unit", Error, "wrong_unit.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for layer in subject.layers {
        walk(layer, "", found);
    }
    // The chart's own values count as well, but for those that the contract checks.
    if let Some(chart) = subject.chart().filter(|chart| !chart.is_postgresql()) {
        walk(&chart.values, "", found);
    }
}

fn walk(map: &Mapping, parent: &str, found: &mut Vec<Diagnostic>) {
    for (key, entry) in map {
        if let Value::Map(below) = &entry.node.value {
            walk(below, key, found);
            continue;
        }
        let amount = matches!(parent, "requests" | "limits");
        let Some(text) = entry.node.scalar_text() else { continue };
        let (wrong, hint) = match key.as_str() {
            "cpu" if amount => (quantity::cpu(&text).is_none(), "expected `500m` or `2`"),
            "memory" | "ephemeral-storage" if amount => {
                (text.ends_with('m') || quantity::memory(&text).is_none(), "expected `512Mi` or `4Gi`")
            }
            _ => continue,
        };
        if wrong {
            found.push(RULE.finding(format!("`{text}` is no amount of {key}")).at(entry.node.span, hint));
        }
    }
}

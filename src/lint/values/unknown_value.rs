//! A value that you set and that no template of the chart reads, and values.yaml does not have.
//!
//! It does nothing. Charts with a schema refuse it; this one has none.
//!
//! Correct the spelling.

use super::reading::Readers;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::{Mapping, Value};

pub(super) static RULE: Rule = rule!("VAL003", "unknown-value", Warning, "unknown_value.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(chart) = subject.chart().filter(|chart| chart.schema().is_none()) else { return };
    let Some(readers) = Readers::new(subject) else { return };
    for layer in subject.layers {
        walk(layer, Some(&chart.values), &mut Vec::new(), &readers, found);
    }
}

fn walk(
    layer: &Mapping,
    declared: Option<&Mapping>,
    path: &mut Vec<String>,
    readers: &Readers,
    found: &mut Vec<Diagnostic>,
) {
    for (key, entry) in layer {
        path.push(key.clone());
        let known = declared.and_then(|map| map.get(key));
        if known.is_none() && !readers.reads(path) {
            let names = declared.into_iter().flat_map(|map| map.keys().map(String::as_str));
            let hint = did_you_mean(key, names).unwrap_or_default();
            let finding = RULE.finding(format!("nothing reads `{}`", path.join("."))).at(entry.key, hint);
            found.push(
                finding.help("correct the spelling, or delete it: `pgchart show values CHART` lists what there is"),
            );
        } else if let (Value::Map(below), Some(known)) = (&entry.node.value, known)
            && let Some(map) = known.node.as_map().filter(|map| !map.is_empty())
        {
            walk(below, Some(map), path, readers, found);
        }
        path.pop();
    }
}

//! A password in a values file.
//!
//! The file is in a repository, in its history, and in the Secret of the release that Helm keeps.
//!
//! Name a Secret that exists, or give the value on the command line of the run that has it.

use crate::diagnostic::{Diagnostic, is_secret};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::{Mapping, Value};

pub(super) static RULE: Rule = rule!("VAL013", "secret-in-values", Warning, "secret_in_values.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for layer in subject.layers {
        walk(layer, &mut Vec::new(), found);
    }
    if let Some(chart) = subject.chart() {
        walk(&chart.values, &mut Vec::new(), found);
    }
}

fn walk(map: &Mapping, path: &mut Vec<String>, found: &mut Vec<Diagnostic>) {
    for (key, entry) in map {
        path.push(key.clone());
        match &entry.node.value {
            Value::Map(below) => walk(below, path, found),
            Value::List(items) => {
                items.iter().filter_map(|item| item.as_map()).for_each(|below| walk(below, path, found));
            }
            Value::String(text) => {
                let places =
                    path.iter().any(|step| step.to_lowercase().contains("key") || step.starts_with("existing"));
                let is_template = text.starts_with("{{") || text.starts_with('$');
                if !places && !text.is_empty() && !is_template && is_secret(key) {
                    let message = format!("`{}` is a secret in clear text", path.join("."));
                    let help = "name a Secret that exists, as in `existingSecret`, or give it by `--set-file`";
                    found.push(RULE.finding(message).at(entry.key, "").help(help));
                }
            }
            _ => {}
        }
        path.pop();
    }
}

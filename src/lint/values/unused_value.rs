//! A value of values.yaml that no template reads.
//!
//! People set it and believe that it does something: encryption, a backup, a limit.
//!
//! Read it in a template, or delete it.

use super::reading::Readers;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Mapping;

pub(super) static RULE: Rule = rule!("VAL004", "unused-value", Warning, "unused_value.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(chart) = subject.chart() else { return };
    // The values of the contract are read by the program.
    if chart.is_postgresql() || chart.is_library() || !chart.tree.contains("templates/") && chart.templates.is_empty() {
        return;
    }
    let Some(readers) = Readers::new(subject) else { return };
    let subcharts: Vec<&str> = chart.subcharts.iter().map(|sub| sub.metadata.name.as_str()).collect();
    let dependencies = chart.metadata.dependencies.iter();
    let switches: Vec<&str> = dependencies.flat_map(|one| one.condition.split(',')).collect();
    for (key, entry) in &chart.values {
        if subcharts.contains(&key.as_str()) || matches!(key.as_str(), "global" | "tags" | "preset") {
            continue;
        }
        let one = Mapping::from_iter([(key.clone(), entry.clone())]);
        walk(&one, &mut Vec::new(), &readers, &switches, found);
    }
}

fn walk(map: &Mapping, path: &mut Vec<String>, readers: &Readers, switches: &[&str], found: &mut Vec<Diagnostic>) {
    for (key, entry) in map {
        path.push(key.clone());
        let shown = path.join(".");
        if !readers.touches(path) && !switches.contains(&shown.as_str()) {
            let help = format!("read it in a template, `{{{{ Values.{shown} }}}}`, or delete it");
            found.push(RULE.finding(format!("no template reads `{shown}`")).at(entry.key, "").help(help));
        } else if !readers.reads(path)
            && let Some(below) = entry.node.as_map()
        {
            walk(below, path, readers, switches, found);
        }
        path.pop();
    }
}

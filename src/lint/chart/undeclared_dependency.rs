//! A chart in `charts/` that Chart.yaml does not list.
//!
//! It is installed all the same, and `helm dependency build` deletes it.
//!
//! List it in `dependencies`.

use super::file::{dependencies, place, subcharts};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("CHT015", "undeclared-dependency", Error, "undeclared_dependency.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    let listed: Vec<&str> = dependencies(subject).iter().map(|one| text(one, &["name"])).collect();
    for name in subcharts(subject) {
        if !listed.contains(&name.as_str()) {
            let message = format!("chart metadata is missing dependency `{name}`");
            let finding = RULE.finding(message).at(place(file, "dependencies"), "");
            found.push(finding.help(format!("list it in `dependencies`, or delete `charts/{name}`")));
        }
    }
}

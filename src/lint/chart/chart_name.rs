//! Chart.yaml has no `name`, or one that cannot be the name of a directory.
//!
//! Names of objects, packages and subcharts are made from it.
//!
//! Lower-case letters, digits and `-`.

use super::file::{place, text};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT006", "chart-name", Error, "chart_name.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    let name = text(file, "name");
    if file.get("name").is_some_and(|node| node.as_list().is_some() || node.as_map().is_some()) {
        return;
    }
    if name.is_empty() {
        found.push(RULE.finding("name is required").at(place(file, "name"), "").help("write `name: my-chart`"));
    } else if name == "." || name == ".." || name.contains(['/', '\\']) {
        found.push(
            RULE.finding(format!("chart name `{name}` is invalid"))
                .at(place(file, "name"), "expected lower-case letters, digits and `-`"),
        );
    }
}

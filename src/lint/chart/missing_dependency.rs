//! A dependency of Chart.yaml that is not in `charts/`.
//!
//! The chart cannot be installed from here.
//!
//! Fetch it: `helm dependency build`.

use super::file::{dependencies, subcharts};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT014", "missing-dependency", Warning, "missing_dependency.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let there = subcharts(subject);
    for one in dependencies(subject) {
        let name = text(one, &["name"]);
        if !name.is_empty() && !there.iter().any(|sub| sub == name) {
            let place = one.get("name").map_or(one.span, |node| node.span);
            let finding = RULE.finding(format!("chart directory is missing dependency `{name}`")).at(place, "");
            found.push(finding.help("fetch it: `helm dependency build`"));
        }
    }
}

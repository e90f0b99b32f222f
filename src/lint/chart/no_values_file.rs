//! A chart without values.yaml.
//!
//! Nobody can see what it takes.
//!
//! Write one, if only with comments.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT016", "no-values-file", Note, "no_values_file.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(tree), Some(file)) = (subject.tree, subject.chart_file) else { return };
    if !tree.contains("values.yaml") {
        found.push(
            RULE.finding("values.yaml does not exist")
                .at(super::file::place(file, "name"), "")
                .help("write one, if only with comments"),
        );
    }
}

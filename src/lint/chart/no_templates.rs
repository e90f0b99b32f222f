//! A chart without templates.
//!
//! It installs nothing.
//!
//! Templates lie in `templates/`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT017", "no-templates", Warning, "no_templates.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(tree), Some(file)) = (subject.tree, subject.chart_file) else { return };
    if !tree.paths().any(|path| path.starts_with("templates/")) {
        found.push(
            RULE.finding("templates/ does not exist")
                .at(super::file::place(file, "name"), "")
                .help("put the chart's templates there"),
        );
    }
}

//! A file in `templates/` that is no template by its name.
//!
//! Helm renders every file there, whatever it is.
//!
//! Use `.yaml`, `.yml`, `.tpl` or `.txt`, here with `.j2` behind it; files that templates read lie elsewhere.

use crate::diagnostic::{Diagnostic, Span};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT019", "template-extension", Error, "template_extension.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for template in subject.chart().into_iter().flat_map(|chart| &chart.templates) {
        let known = [".yaml", ".yml", ".tpl", ".txt", ".j2", ".json"];
        if !known.iter().any(|end| template.path.ends_with(end)) {
            let message = format!("file extension of `{}` is no template's", template.path);
            let place = Span::new(template.source, 0..0);
            found.push(RULE.finding(message).at(place, "expected .yaml, .yml, .tpl, .txt or .j2"));
        }
    }
}

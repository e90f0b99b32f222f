//! A template includes or imports one that is not there.
//!
//! It fails as soon as the branch is taken, which may be in production first.
//!
//! Correct the name; a file of `templates/` is named without its directory.

use super::syntax::Kind;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL007", "missing-template", Error, "missing_template.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(chart) = subject.chart() else { return };
    let names: Vec<String> = chart
        .family()
        .iter()
        .flat_map(|(path, chart)| chart.templates.iter().map(move |template| format!("{path}/{}", template.path)))
        .collect();
    for one in subject.templates() {
        for tag in &one.tags {
            let is_tag = matches!(tag.keyword, "include" | "import" | "from" | "extends");
            let mut words = tag.words.iter().peekable();
            while let Some(word) = words.next() {
                let calls = word.kind == Kind::Name && word.text == "include" && word.is_call && !word.is_attribute;
                let wanted = if calls || is_tag && word.text == tag.keyword { words.peek() } else { None };
                let Some(wanted) = wanted.filter(|wanted| wanted.kind == Kind::Text && !wanted.text.is_empty()) else {
                    continue;
                };
                let file = wanted.text.rsplit('/').next().unwrap_or(wanted.text);
                if !names.iter().any(|name| name.rsplit('/').next() == Some(file)) {
                    let files = names.iter().filter_map(|name| name.rsplit('/').next());
                    let hint = did_you_mean(file, files).unwrap_or_default();
                    let finding = RULE.finding(format!("there is no template `{}`", wanted.text)).at(wanted.span, hint);
                    found.push(finding.help("name a file of `templates/` without that directory"));
                }
            }
        }
    }
}

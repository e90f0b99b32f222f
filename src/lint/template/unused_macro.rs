//! A macro that no template calls.
//!
//! It was meant to be called, such as one that checks values, or is left over.
//!
//! Call it, or delete it.

use super::syntax::{Kind, parsed};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL006", "unused-macro", Warning, "unused_macro.rs", Some(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // Parts of a library, and of a chart with subcharts, may be used from elsewhere.
    if subject.chart().is_none_or(|chart| chart.is_library() || !chart.subcharts.is_empty()) {
        return;
    }
    let all = parsed(subject);
    let called = |name: &str| {
        all.iter().flat_map(|one| &one.tags).any(|tag| {
            let words = tag.words.iter().enumerate();
            let is_import = matches!(tag.keyword, "from" | "import");
            !is_import
                && words
                    .filter(|(_, word)| word.kind == Kind::Name && word.text == name)
                    .any(|(index, _)| tag.keyword != "macro" || index != 1)
        })
    };
    for tag in all.iter().flat_map(|one| &one.tags).filter(|tag| tag.keyword == "macro") {
        let Some(name) = tag.words.get(1) else { continue };
        if !called(name.text) {
            let finding = RULE.finding(format!("nothing calls macro `{}`", name.text)).at(name.span, "");
            found.push(finding.help("call it, or delete it"));
        }
    }
}

//! A macro that no template calls.
//!
//! It was meant to be called, such as one that checks values, or is left over.
//!
//! Call it, or delete it.

use std::collections::HashSet;

use super::syntax::Kind;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL006", "unused-macro", Warning, "unused_macro.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // Parts of a library, and of a chart with subcharts, may be used from elsewhere.
    if subject.chart().is_none_or(|chart| chart.is_library() || !chart.subcharts.is_empty()) {
        return;
    }
    let all = subject.templates();
    let mut named: HashSet<&str> = HashSet::new();
    for tag in all.iter().flat_map(|one| &one.tags).filter(|tag| !matches!(tag.keyword, "from" | "import")) {
        // The second word of a macro is its own name.
        let words = tag.words.iter().enumerate().filter(|(index, _)| tag.keyword != "macro" || *index != 1);
        named.extend(words.filter(|(_, word)| word.kind == Kind::Name).map(|(_, word)| word.text));
    }
    for tag in all.iter().flat_map(|one| &one.tags).filter(|tag| tag.keyword == "macro") {
        let Some(name) = tag.words.get(1) else { continue };
        if !named.contains(name.text) {
            let finding = RULE.finding(format!("nothing calls macro `{}`", name.text)).at(name.span, "");
            found.push(finding.help("call it, or delete it"));
        }
    }
}

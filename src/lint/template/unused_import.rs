//! A template imports a macro that it does not call.
//!
//! Left over from something that was there.
//!
//! Delete it from the list.

use super::syntax::Kind;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL011", "unused-import", Warning, "unused_import.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for one in subject.templates() {
        for tag in one.tags.iter().filter(|tag| matches!(tag.keyword, "from" | "import")) {
            let names = tag.words.iter().skip_while(|word| word.text != tag.keyword || word.kind != Kind::Name).skip(2);
            let mut names = names
                .filter(|word| {
                    word.kind == Kind::Name && !matches!(word.text, "import" | "with" | "without" | "context")
                })
                .peekable();
            while let Some(name) = names.next() {
                // Of `a as b` the second name counts.
                if name.text == "as" || names.peek().is_some_and(|next| next.text == "as") {
                    continue;
                }
                let used = one.tags.iter().filter(|other| other.span != tag.span).flat_map(|other| &other.words);
                if !used.into_iter().any(|word| word.kind == Kind::Name && word.text == name.text) {
                    let finding = RULE.finding(format!("`{}` is imported and not used", name.text)).at(name.span, "");
                    found.push(finding.help("delete it from the list"));
                }
            }
        }
    }
}

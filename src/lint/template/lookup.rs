//! A template asks the cluster with `lookup`.
//!
//! In `helm template`, in a dry run and in Argo CD there is no cluster to ask, and the answer is empty: a password that should stay
//! is made anew.
//!
//! Take the name of what exists as a value.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL013", "lookup", Warning, "lookup.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for one in subject.templates() {
        for word in one.tags.iter().flat_map(|tag| &tag.words) {
            if word.text == "lookup" && word.is_call && !word.is_attribute {
                let message = "`lookup` finds nothing where there is no cluster to ask";
                found.push(RULE.finding(message).at(word.span, "").help("take the name of what exists as a value"));
            }
        }
    }
}

//! A template prints something random, or the time.
//!
//! In Helm every render differs, so every upgrade changes the object and restarts what reads it. Here random values follow from the
//! secret key, and the time is the start of the day.
//!
//! Take the value from the values or from a Secret that exists; put times into nothing that restarts pods.

use super::syntax::{Kind, RANDOM};
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL008", "nondeterministic", Warning, "nondeterministic.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for one in subject.templates() {
        // Random passwords have a rule of their own.
        let secret = one.text.contains("kind: Secret");
        for word in one.tags.iter().flat_map(|tag| &tag.words) {
            let called = (word.is_call || word.is_filter) && word.kind == Kind::Name && !word.is_attribute;
            if called && (word.text == "now" || !secret && RANDOM.contains(&word.text)) {
                let message = format!("`{}` gives something else on another day or in another render", word.text);
                let help = "take it from the values, or leave it out where a change restarts pods";
                found.push(RULE.finding(message).at(word.span, "").help(help));
            }
        }
    }
}

//! A script prints every command, those with the password included.
//!
//! `set -x` writes `PGPASSWORD=…` into the log of the container, and from there into every log store.
//!
//! Leave `-x` out, or use a password file.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG087", "password-in-the-log", Error, "password_in_the_log.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for text in subject.texts() {
        let prints = |line: &str| {
            let flags = line.strip_prefix("set -").unwrap_or_default();
            let flags = flags.split_whitespace().next().unwrap_or_default();
            flags.chars().all(char::is_alphabetic) && flags.contains('x')
        };
        let secret = ["PGPASSWORD", "PASSWORD="].iter().any(|word| text.text.contains(word));
        if let Some((_, span)) = text.line(subject.sources, prints).filter(|_| secret) {
            found.push(RULE.finding("this script writes passwords into its log").at(span, "leave `x` out"));
        }
    }
}

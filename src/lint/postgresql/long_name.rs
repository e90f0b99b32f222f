//! A StatefulSet whose name is too long for its pods.
//!
//! Kubernetes puts name and revision into a label of at most 63 characters; from 53 on no pod is created.
//!
//! Shorten `fullnameOverride` or the release's name.
//!
//! Source: Kubernetes issue 64023.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG013", "long-name", Error, "long_name.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for set in subject.of_kind("StatefulSet").filter(|set| set.name().len() > 52) {
        let message = format!("the name of StatefulSet `{}` has {} characters", set.name(), set.name().len());
        found.push(
            RULE.finding(message)
                .at(Subject::head(set), "at most 52 leave room for its pods' label")
                .help("shorten `fullnameOverride`, or the release's name"),
        );
    }
}

//! A claim template without `apiVersion` and `kind`.
//!
//! The API server fills them in, and tools that compare what is there with what is rendered show a difference for ever.
//!
//! Write `apiVersion: v1` and `kind: PersistentVolumeClaim`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG012", "claim-without-kind", Note, "claim_without_kind.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for set in subject.of_kind("StatefulSet") {
        for claim in set.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default() {
            if claim.get("kind").is_none() || claim.get("apiVersion").is_none() {
                let finding = RULE.finding("a claim template without `apiVersion` and `kind`").at(claim.span, "");
                found.push(finding.help("add `apiVersion: v1` and `kind: PersistentVolumeClaim`"));
            }
        }
    }
}

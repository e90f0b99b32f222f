//! A network policy that allows no way out, not even to the cluster's DNS, and no other policy for the same pods does.
//!
//! The pods resolve no name, and so find neither a primary nor a store.
//!
//! Allow port 53 over UDP and TCP.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{Object, Pod};
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S043", "policy-forbids-dns", Warning, "policy_forbids_dns.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for policy in subject.of_kind("NetworkPolicy") {
        let types = policy.at(&["spec", "policyTypes"]).and_then(Node::as_list).unwrap_or_default();
        let Some(egress) = types.iter().find(|node| node.as_str() == Some("Egress")) else { continue };
        let rules = policy.at(&["spec", "egress"]).and_then(Node::as_list).unwrap_or_default();
        if rules.is_empty() && !others_allow(subject, policy) {
            let message = format!("NetworkPolicy `{}` lets nothing out, not even questions to the DNS", policy.name());
            found.push(RULE.finding(message).at(egress.span, "").help("allow port 53, UDP and TCP"));
        }
    }
}

/// Whether each pod of a policy has another one that lets something out: what one allows none forbids.
fn others_allow(subject: &Subject<'_>, policy: &Object<'_>) -> bool {
    let chooses = |policy: &Object<'_>, pod: &Pod<'_>| {
        let selector = policy.at(&["spec", "podSelector"]).map(Selector::new);
        selector
            .is_none_or(|selector| selector.is_empty() || pod.labels().is_some_and(|labels| selector.selects(labels)))
    };
    let allows = |other: &&Object<'_>| {
        let rules = other.at(&["spec", "egress"]).and_then(Node::as_list).unwrap_or_default();
        !rules.is_empty() && other.is_beside(policy)
    };
    let opening: Vec<&Object<'_>> = subject.of_kind("NetworkPolicy").filter(allows).collect();
    let mut own = subject.pods().filter(|(_, pod)| chooses(policy, pod)).peekable();
    own.peek().is_some() && own.all(|(_, pod)| opening.iter().any(|other| chooses(other, &pod)))
}

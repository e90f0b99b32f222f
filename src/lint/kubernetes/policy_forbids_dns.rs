//! A network policy that allows no way out, not even to the cluster's DNS.
//!
//! The pods resolve no name, and so find neither a primary nor a store.
//!
//! Allow port 53 over UDP and TCP.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S043", "policy-forbids-dns", Warning, "policy_forbids_dns.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for policy in subject.of_kind("NetworkPolicy") {
        let types = policy.at(&["spec", "policyTypes"]).and_then(Node::as_list).unwrap_or_default();
        let Some(egress) = types.iter().find(|node| node.as_str() == Some("Egress")) else { continue };
        let rules = policy.at(&["spec", "egress"]).and_then(Node::as_list).unwrap_or_default();
        if rules.is_empty() {
            let message = format!("NetworkPolicy `{}` lets nothing out, not even questions to the DNS", policy.name());
            found.push(RULE.finding(message).at(egress.span, "").help("allow port 53, UDP and TCP"));
        }
    }
}

//! The database can be reached from outside of the cluster, by everybody.
//!
//! Its Service opens a port on every node, or a load balancer for every address, and no network policy is there for its pods. A
//! server whose `pg_hba.conf` refuses the superuser over the network is passed over.
//!
//! Render a NetworkPolicy; name `loadBalancerSourceRanges`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::{selects, text};
use crate::lint::rule::{Rule, rule};
use crate::lint::selector::Selector;
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG099", "network-open", Warning, "network_open.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    // The contract's servers let nobody in but by their own lines, and PG067 looks at its policy.
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let Some(labels) = server.pod.labels() else { continue };
        let refuses = |(line, _): &(String, _)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            matches!(words[..], ["host", "all", "postgres", "all" | "0.0.0.0/0" | "::/0", "reject"])
        };
        if server.hba.iter().any(refuses) {
            continue;
        }
        for service in subject.of_kind("Service") {
            let Some(selector) = service.at(&["spec", "selector"]).and_then(Node::as_map) else { continue };
            let Some(kind) = service.at(&["spec", "type"]) else { continue };
            let name = kind.as_str().unwrap_or_default();
            let ranges = service.at(&["spec", "loadBalancerSourceRanges"]).and_then(Node::as_list).unwrap_or_default();
            let policy = subject.of_kind("NetworkPolicy").any(|policy| {
                policy.at(&["spec", "podSelector"]).is_none_or(|selector| Selector::new(selector).selects(labels))
            });
            let open = matches!(name, "NodePort" | "LoadBalancer") && ranges.is_empty() && !policy;
            if open && selects(selector, labels) {
                let message = format!(
                    "Service `{}` opens the database to everybody who reaches a node",
                    text(service.root(), &["metadata", "name"])
                );
                found.push(
                    RULE.finding(message)
                        .at(kind.span, "")
                        .help("name `loadBalancerSourceRanges`, or render a NetworkPolicy"),
                );
            }
        }
    }
}

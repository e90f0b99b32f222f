//! A Role that lets a pod read all Secrets of its namespace.
//!
//! The password of every other program there is one request away.
//!
//! Name the Secrets in `resourceNames`, or mount them and leave the rule out.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S028", "rbac-secrets", Warning, "rbac_secrets.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for role in subject.objects.iter().filter(|object| matches!(object.kind(), "Role" | "ClusterRole")) {
        for rule in role.at(&["rules"]).and_then(Node::as_list).unwrap_or_default() {
            let list = |key: &str| rule.get(key).and_then(Node::as_list).unwrap_or_default();
            let secrets = list("resources").iter().find(|node| node.as_str() == Some("secrets"));
            let reads = list("verbs").iter().any(|node| matches!(node.as_str(), Some("get" | "list" | "watch" | "*")));
            if let Some(node) = secrets.filter(|_| reads && list("resourceNames").is_empty()) {
                let message = format!("{} `{}` reads every Secret of the namespace", role.kind(), role.name());
                found.push(RULE.finding(message).at(node.span, "").help("name them in `resourceNames`"));
            }
        }
    }
}

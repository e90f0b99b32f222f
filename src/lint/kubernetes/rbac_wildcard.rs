//! A Role that allows everything of some kind: `*` as verb, resource or group.
//!
//! It also allows what the next version of Kubernetes adds.
//!
//! List the verbs and resources that the program uses.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S027", "rbac-wildcard", Warning, "rbac_wildcard.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for role in subject.objects.iter().filter(|object| matches!(object.kind(), "Role" | "ClusterRole")) {
        for rule in role.at(&["rules"]).and_then(Node::as_list).unwrap_or_default() {
            for key in ["verbs", "resources", "apiGroups"] {
                let items = rule.get(key).and_then(Node::as_list).unwrap_or_default();
                if let Some(node) = items.iter().find(|node| node.as_str() == Some("*")) {
                    let message = format!("{} `{}` allows every one of `{key}`", role.kind(), role.name());
                    found.push(RULE.finding(message).at(node.span, "list those that the program uses"));
                }
            }
        }
    }
}

//! A pod gets a token for the API server that it has no rights for.
//!
//! Whoever gets into the pod can talk to the API server under its name.
//!
//! Set `automountServiceAccountToken: false`; a pod that uses the API has a ServiceAccount with a Role of its own.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("K8S025", "service-account-token", Warning, "service_account_token.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, pod) in subject.pods() {
        let name = text(pod.spec, &["serviceAccountName"]);
        let account = subject.find("ServiceAccount", name).filter(|_| !name.is_empty());
        let own = pod.spec.get("automountServiceAccountToken");
        let inherited = account.and_then(|account| account.at(&["automountServiceAccountToken"]));
        let bound = subject.objects.iter().filter(|object| object.kind().ends_with("RoleBinding")).any(|binding| {
            let subjects = binding.at(&["subjects"]).and_then(Node::as_list).unwrap_or_default();
            subjects.iter().any(|subject| text(subject, &["name"]) == name)
        });
        if bound || own.or(inherited).is_some_and(|node| node.as_bool() == Some(false)) {
            continue;
        }
        let place = own.map_or_else(
            || pod.spec.get("serviceAccountName").map_or(pod.spec.span, |node| node.span),
            |node| node.span,
        );
        let message = format!("{} `{}` mounts a token that it has no use for", object.kind(), object.name());
        found.push(RULE.finding(message).at(place, "").help("set `automountServiceAccountToken: false`"));
    }
}

//! An object without an `apiVersion`, `kind` or name, or of a kind that its API group does not have.
//!
//! Nobody can apply it.
//!
//! Name a kind and a version that the group serves; kinds of your own live in groups of their own.

use super::schema;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S004", "unknown-kind", Error, "unknown_kind.rs", Some(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        let identity = &object.manifest.identity;
        if object.root().is_null() {
            continue;
        }
        let lacks = [("apiVersion", &identity.api_version), ("kind", &identity.kind)];
        if let Some((field, _)) = lacks.iter().find(|(_, text)| text.is_empty()) {
            let finding = RULE.finding(format!("an object without `{field}`")).at(object.root().span, "");
            found.push(finding.help(format!("add `{field}: …`")));
            continue;
        }
        let generated = object.at(&["metadata", "generateName"]).is_some();
        if identity.name.is_empty() && !generated && !identity.kind.ends_with("List") {
            let finding = RULE.finding(format!("a {} without a name", identity.kind)).at(object.root().span, "");
            found.push(finding.help("add `metadata.name`"));
        }
        let known = schema::kind(&identity.api_version, &identity.kind).is_some();
        let place = object.at(&["kind"]).map_or(object.root().span, |node| node.span);
        if known || super::removed_api::replacement(&identity.api_version, &identity.kind).is_some() {
            continue;
        }
        let others = schema::api_versions(&identity.kind);
        if schema::is_own_group(&identity.api_version) && !passed(&identity.api_version, &identity.kind) {
            let message = format!("`{}` has no kind `{}`", identity.api_version, identity.kind);
            let finding = RULE.finding(message);
            let served = others.iter().rev().find(|(_, kind)| kind.last == schema::VERSION);
            found.push(if let Some((api, _)) = served {
                finding.at(object.at(&["apiVersion"]).map_or(place, |node| node.span), format!("it is in `{api}`"))
            } else {
                let hint = did_you_mean(&identity.kind, KINDS).unwrap_or_default();
                finding.at(place, hint).help("name a kind that this group serves: `kubectl api-resources`")
            });
        }
    }
}

/// Kinds that a chart seldom holds and the data leave out.
fn passed(api_version: &str, kind: &str) -> bool {
    kind.ends_with("List") || api_version == "v1" && matches!(kind, "Node" | "Event" | "Binding" | "ComponentStatus")
}

const KINDS: [&str; 14] = [
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Pod",
    "Role",
    "RoleBinding",
    "Secret",
    "Service",
    "StatefulSet",
];

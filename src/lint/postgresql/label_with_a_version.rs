//! A selector or a claim template carries a label that changes with the version of the chart or of the program.
//!
//! Neither can be changed: the next upgrade is refused with "updates to statefulset spec … are forbidden", until somebody deletes
//! the StatefulSet.
//!
//! Leave `helm.sh/chart`, `app.kubernetes.io/version` and the like to the metadata of objects and pods.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG011", "label-with-a-version", Error, "label_with_a_version.rs", Always(check));

const VERSIONED: [&str; 4] = ["helm.sh/chart", "app.kubernetes.io/version", "chart", "version"];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, _) in subject.pods().filter(|(object, _)| object.is_service()) {
        let mut lists: Vec<(&str, &Node)> = Vec::new();
        lists.extend(object.at(&["spec", "selector", "matchLabels"]).map(|node| ("the selector", node)));
        let claims = object.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default();
        lists.extend(claims.iter().filter_map(|claim| Some(("a claim template", claim.at(&["metadata", "labels"])?))));
        for (what, labels) in lists {
            for (key, entry) in
                labels.as_map().into_iter().flatten().filter(|(key, _)| VERSIONED.contains(&key.as_str()))
            {
                let message = format!("{what} of {} `{}` carries `{key}`, which changes", object.kind(), object.name());
                let finding = RULE.finding(message).at(entry.key, "the next version could not be installed");
                found.push(finding.help("leave it out here; it belongs to the metadata of objects and pods"));
            }
        }
    }
}

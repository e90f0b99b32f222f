//! The volumes of the database go with its StatefulSet, or with the release.
//!
//! A mistaken `helm uninstall`, or a StatefulSet that is deleted to be made anew, takes the data along.
//!
//! Retain them: `whenDeleted: Retain`, and `helm.sh/resource-policy: keep` on claims of the chart.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG014", "volumes-deleted", Error, "volumes_deleted.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for key in ["whenDeleted", "whenScaled"] {
            let policy = server.object.at(&["spec", "persistentVolumeClaimRetentionPolicy", key]);
            if let Some(node) = policy.filter(|node| node.as_str() == Some("Delete")) {
                let when = if key == "whenDeleted" { "with it" } else { "when it has fewer pods" };
                let message = format!("the data of StatefulSet `{}` are deleted {when}", server.object.name());
                found.push(RULE.finding(message).at(node.span, "use `Retain`"));
            }
        }
        if server.object.kind() == "StatefulSet" {
            continue;
        }
        for (_, claim) in server.data_volumes() {
            if text(claim, &["metadata", "annotations", "helm.sh/resource-policy"]) != "keep" {
                let place = claim.at(&["metadata", "name"]).map_or(claim.span, |node| node.span);
                let finding = RULE.finding("an uninstall deletes this claim and the database in it").at(place, "");
                found.push(finding.help("annotate it: `helm.sh/resource-policy: keep`"));
            }
        }
    }
}

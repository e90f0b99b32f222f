//! A container mounts a volume that its pod does not have.
//!
//! The API server refuses the pod.
//!
//! Define the volume, or a claim template of that name.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S014", "mount-without-volume", Error, "mount_without_volume.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (object, pod) in subject.pods() {
        let templates = object.at(&["spec", "volumeClaimTemplates"]).and_then(Node::as_list).unwrap_or_default();
        let claims = templates.iter().map(|claim| text(claim, &["metadata", "name"]));
        let names: Vec<&str> = pod.volumes().iter().map(|volume| text(volume, &["name"])).chain(claims).collect();
        for mount in pod.containers().flat_map(|container| container.list("volumeMounts")) {
            let (name, Some(node)) = (text(mount, &["name"]), mount.get("name")) else { continue };
            if !names.contains(&name) {
                let hint = did_you_mean(name, names.iter().copied()).unwrap_or_default();
                let finding = RULE.finding(format!("volume `{name}` does not exist")).at(node.span, hint);
                found.push(finding.help("add it to the pod's `volumes`"));
            }
        }
    }
}

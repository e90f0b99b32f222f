//! An API version that the cluster does not serve: it has been removed, or is not there yet.
//!
//! The API server answers that there is no such kind. `--kube-version` says which cluster is meant.
//!
//! Use the version that the finding names.
//!
//! Source: Kubernetes documentation, "Deprecated API Migration Guide".

use super::schema;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S005", "removed-api", Error, "removed_api.rs", ForVersion(check));

fn check(subject: &Subject<'_>, cluster: (u64, u64), found: &mut Vec<Diagnostic>) {
    let shown = format!("Kubernetes {}.{}", cluster.0, cluster.1);
    for object in &subject.objects {
        let identity = &object.manifest.identity;
        let place = object.at(&["apiVersion"]).map_or(object.root().span, |node| node.span);
        let what = format!("`{}` of `{}`", identity.kind, identity.api_version);
        if let Some((since, instead)) = replacement(&identity.api_version, &identity.kind) {
            if cluster >= (1, since) {
                let finding = RULE.finding(format!("{what} was removed in Kubernetes 1.{since}")).at(place, "");
                found.push(finding.help(what_to_use(instead)));
            }
            continue;
        }
        let Some(kind) = schema::kind(&identity.api_version, &identity.kind) else { continue };
        if cluster > kind.last && kind.last < schema::VERSION {
            let gone = format!("{what} was removed in Kubernetes {}.{}", kind.last.0, kind.last.1 + 1);
            let others = schema::api_versions(&identity.kind);
            let newer = others.iter().find(|(_, other)| cluster <= other.last || other.last == schema::VERSION);
            let finding = RULE.finding(gone).at(place, "");
            found.push(match newer {
                Some((api, _)) => finding.help(format!("use `{api}`")),
                None => finding.help("leave the object out: nothing takes its place"),
            });
        } else if cluster < kind.first && kind.first > schema::OLDEST {
            let message = format!("{what} is not in {shown} yet: it came with {}.{}", kind.first.0, kind.first.1);
            let help = "use an older version of the API, or name the cluster: `--kube-version`";
            found.push(RULE.finding(message).at(place, "").help(help));
        }
    }
}

/// What takes an API version's place, in words.
pub(super) fn what_to_use(instead: &str) -> String {
    match instead {
        "" => "leave the object out: nothing takes its place".to_owned(),
        _ => format!("use `{instead}`"),
    }
}

/// The Kubernetes version (1.N) that removed an API version of a kind, and what takes its place.
pub(super) fn replacement(api_version: &str, kind: &str) -> Option<(u64, &'static str)> {
    let kinds = |list: &str| list.split(' ').any(|one| one == "*" || one == kind);
    REMOVED
        .iter()
        .find(|(api, list, ..)| *api == api_version && kinds(list))
        .map(|(_, _, since, instead)| (*since, *instead))
}

const REMOVED: [(&str, &str, u64, &str); 22] = [
    ("extensions/v1beta1", "Deployment DaemonSet ReplicaSet", 16, "apps/v1"),
    ("extensions/v1beta1", "NetworkPolicy", 16, "networking.k8s.io/v1"),
    ("extensions/v1beta1", "PodSecurityPolicy", 16, ""),
    ("extensions/v1beta1", "Ingress", 22, "networking.k8s.io/v1"),
    ("apps/v1beta1", "*", 16, "apps/v1"),
    ("apps/v1beta2", "*", 16, "apps/v1"),
    ("networking.k8s.io/v1beta1", "Ingress IngressClass", 22, "networking.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1beta1", "*", 22, "rbac.authorization.k8s.io/v1"),
    ("rbac.authorization.k8s.io/v1alpha1", "*", 22, "rbac.authorization.k8s.io/v1"),
    ("apiextensions.k8s.io/v1beta1", "*", 22, "apiextensions.k8s.io/v1"),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration ValidatingWebhookConfiguration",
        22,
        "admissionregistration.k8s.io/v1",
    ),
    ("apiregistration.k8s.io/v1beta1", "*", 22, "apiregistration.k8s.io/v1"),
    ("coordination.k8s.io/v1beta1", "Lease", 22, "coordination.k8s.io/v1"),
    ("scheduling.k8s.io/v1beta1", "PriorityClass", 22, "scheduling.k8s.io/v1"),
    ("storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", 22, "storage.k8s.io/v1"),
    ("batch/v1beta1", "CronJob", 25, "batch/v1"),
    ("discovery.k8s.io/v1beta1", "EndpointSlice", 25, "discovery.k8s.io/v1"),
    ("policy/v1beta1", "PodDisruptionBudget", 25, "policy/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", 25, ""),
    ("node.k8s.io/v1beta1", "RuntimeClass", 25, "node.k8s.io/v1"),
    ("autoscaling/v2beta1", "HorizontalPodAutoscaler", 25, "autoscaling/v2"),
    ("autoscaling/v2beta2", "HorizontalPodAutoscaler", 26, "autoscaling/v2"),
];

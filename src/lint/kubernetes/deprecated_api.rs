//! An API version that a later Kubernetes does not serve any more, or an alpha or beta one where a stable one is served.
//!
//! The next upgrade of the cluster would leave the release without the object, and Helm without a way to upgrade it.
//!
//! Use the version that the finding names.

use super::schema;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S006", "deprecated-api", Warning, "deprecated_api.rs", ForVersion(check));

fn check(subject: &Subject<'_>, cluster: (u64, u64), found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        let identity = &object.manifest.identity;
        let place = object.at(&["apiVersion"]).map_or(object.root().span, |node| node.span);
        let what = format!("`{}` of `{}`", identity.kind, identity.api_version);
        if let Some((since, instead)) = super::removed_api::replacement(&identity.api_version, &identity.kind) {
            if cluster < (1, since) {
                let finding = RULE.finding(format!("{what} goes with Kubernetes 1.{since}")).at(place, "");
                found.push(finding.help(super::removed_api::what_to_use(instead)));
            }
            continue;
        }
        let Some(kind) = schema::kind(&identity.api_version, &identity.kind) else { continue };
        if cluster > kind.last || cluster < kind.first {
            continue;
        }
        let is_early = ["alpha", "beta"].iter().any(|word| identity.api_version.contains(word));
        let stable = schema::api_versions(&identity.kind).into_iter().find(|(api, other)| {
            let same_group = api.split('/').next() == identity.api_version.split('/').next();
            let early = ["alpha", "beta"].iter().any(|word| api.contains(word));
            same_group && !early && other.first <= cluster && cluster <= other.last
        });
        if kind.last < schema::VERSION {
            let message = format!("{what} goes with Kubernetes {}.{}", kind.last.0, kind.last.1 + 1);
            let newer =
                schema::api_versions(&identity.kind).into_iter().find(|(_, other)| other.last == schema::VERSION);
            let help = super::removed_api::what_to_use(newer.map_or("", |(api, _)| api));
            found.push(RULE.finding(message).at(place, "").help(help));
        } else if let Some((api, _)) = stable.filter(|_| is_early) {
            found.push(RULE.finding(format!("{what} has a stable version")).at(place, format!("use `{api}`")));
        }
    }
}

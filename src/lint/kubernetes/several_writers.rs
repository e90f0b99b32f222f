//! Several pods of a Deployment write to one claim of PostgreSQL's data, or an autoscaler may make it so.
//!
//! Two servers on one data directory destroy it: the lock file does not reach across pods. A rolling update alone starts the second
//! one before the first has ended.
//!
//! Use one replica with `strategy: {type: Recreate}`, or a StatefulSet, where each pod has a claim of its own.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S041", "several-writers", Error, "several_writers.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject
        .servers()
        .iter()
        .filter(|server| server.object.kind() == "Deployment" && server.data_volumes().next().is_some())
    {
        let object = &server.object;
        let replicas = object.at(&["spec", "replicas"]);
        if object.replicas() > 1 {
            let place = replicas.map_or(object.root().span, |node| node.span);
            let message = format!("{} servers share the claim of Deployment `{}`", object.replicas(), object.name());
            found.push(RULE.finding(message).at(place, "expected 1"));
        }
        let scaler = subject
            .of_kind("HorizontalPodAutoscaler")
            .find(|scaler| text(scaler.root(), &["spec", "scaleTargetRef", "name"]) == object.name());
        if let Some(scaler) = scaler {
            let place = scaler.at(&["spec", "maxReplicas"]).map_or(scaler.root().span, |node| node.span);
            let message =
                format!("an autoscaler may start a second server on the claim of Deployment `{}`", object.name());
            found.push(RULE.finding(message).at(place, "").help("leave the autoscaler out"));
        }
        let strategy = object.at(&["spec", "strategy", "type"]);
        if strategy.and_then(Node::as_str) != Some("Recreate") {
            let place = strategy.map_or(Subject::head(object), |node| node.span);
            let message = format!(
                "an update of Deployment `{}` starts the new server before the old one has ended",
                object.name()
            );
            found.push(RULE.finding(message).at(place, "").help("set `strategy: {type: Recreate}`"));
        }
    }
}

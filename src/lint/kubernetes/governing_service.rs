//! A StatefulSet whose `serviceName` is no Service of the release, or one that is not headless.
//!
//! Its pods get no names of their own, and standbys cannot find their primary.
//!
//! Render a Service with `clusterIP: None` of that name.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S037", "governing-service", Error, "governing_service.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete {
        return;
    }
    for set in subject.of_kind("StatefulSet") {
        let Some(node) = set.at(&["spec", "serviceName"]) else { continue };
        let name = node.as_str().unwrap_or_default();
        match subject.find("Service", name) {
            None if !name.is_empty() => {
                let message = format!("Service `{name}`, which names the pods of `{}`, is not rendered", set.name());
                let help = format!("render a Service `{name}` with `clusterIP: None`");
                found.push(RULE.finding(message).at(node.span, "").help(help));
            }
            Some(service) if text(service.root(), &["spec", "clusterIP"]) != "None" => {
                let place = service.at(&["spec", "type"]).map_or(Subject::head(service), |node: &Node| node.span);
                let message =
                    format!("Service `{name}` is not headless, so the pods of `{}` have no names", set.name());
                let finding = RULE.finding(message).at(node.span, "").label(place, "this Service");
                found.push(finding.help("set `clusterIP: None`"));
            }
            _ => {}
        }
    }
}

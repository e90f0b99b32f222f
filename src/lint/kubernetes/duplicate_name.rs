//! Two variables, ports, volumes or containers of one pod have one name, or two volumes are mounted at one place.
//!
//! Of two variables the last one counts; for the others the API server refuses the pod.
//!
//! Take one of them out, or rename it.

use crate::diagnostic::{Diagnostic, Span};
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S013", "duplicate-name", Error, "duplicate_name.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        twice("volume", pod.volumes().iter(), "name", found);
        let containers: Vec<&Node> = pod.containers().map(|container| container.node).collect();
        twice("container", containers.into_iter(), "name", found);
        for container in pod.containers() {
            twice("variable", container.list("env").iter(), "name", found);
            twice("port", container.list("ports").iter(), "name", found);
            twice("mount", container.list("volumeMounts").iter(), "mountPath", found);
        }
    }
    for service in subject.of_kind("Service") {
        let ports = service.at(&["spec", "ports"]).and_then(Node::as_list).unwrap_or_default();
        twice("port", ports.iter(), "name", found);
    }
}

fn twice<'a>(what: &str, list: impl Iterator<Item = &'a Node>, key: &str, found: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for item in list {
        let (name, Some(node)) = (text(item, &[key]), item.get(key)) else { continue };
        if let Some((_, first)) = seen.iter().find(|(other, _)| *other == name) {
            let finding = RULE.finding(format!("{what} `{name}` is there twice")).at(node.span, "");
            found.push(finding.label(*first, "first here").help("take one out, or rename it"));
        } else {
            seen.push((name, node.span));
        }
    }
}

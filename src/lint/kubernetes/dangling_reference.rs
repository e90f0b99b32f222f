//! A pod uses a ConfigMap, Secret, claim or ServiceAccount of the release that is not rendered.
//!
//! The pod waits for it and never starts. Names that do not begin with the release's belong to somebody else and are not looked
//! for; nor are keys that are marked `optional`.
//!
//! Render the object, or name the one that there is.

use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::lint::Subject;
use crate::lint::object::{Container, Object, text};
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S011", "dangling-reference", Error, "dangling_reference.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if !subject.complete || subject.release.name.is_empty() {
        return;
    }
    for (object, pod) in subject.pods() {
        let mut wanted = Vec::new();
        for volume in pod.volumes() {
            volume_references(volume, &mut wanted);
        }
        for container in pod.containers() {
            container_references(&container, &mut wanted);
        }
        wanted.extend(pod.spec.get("serviceAccountName").map(|node| ("ServiceAccount", node)));
        let mut told: Vec<(&str, Span)> = Vec::new();
        for (kind, node) in wanted {
            let name = node.as_str().unwrap_or_default();
            let own = name == subject.release.name || name.starts_with(&format!("{}-", subject.release.name));
            let made = made_by_others(subject, kind, name);
            if !own || made || subject.find(kind, name).is_some() || told.iter().any(|(other, _)| *other == name) {
                continue;
            }
            told.push((name, node.span));
            let there: Vec<&str> = subject.of_kind(kind).map(Object::name).collect();
            let hint = did_you_mean(name, there).unwrap_or_default();
            let message =
                format!("{kind} `{name}` is not rendered, and {} `{}` waits for it", object.kind(), object.name());
            let help = "render it, name one that there is, or mark the reference `optional: true`";
            found.push(RULE.finding(message).at(node.span, hint).help(help));
        }
    }
}

fn volume_references<'a>(volume: &'a Node, wanted: &mut Vec<(&'static str, &'a Node)>) {
    let needed = |node: &Node| node.get("optional").and_then(Node::as_bool) != Some(true);
    let mut add = |kind, part: Option<&'a Node>, key: &str| {
        if let Some(node) = part.filter(|part| needed(part)).and_then(|part| part.get(key)) {
            wanted.push((kind, node));
        }
    };
    add("ConfigMap", volume.get("configMap"), "name");
    add("Secret", volume.get("secret"), "secretName");
    add("PersistentVolumeClaim", volume.get("persistentVolumeClaim"), "claimName");
    for source in volume.at(&["projected", "sources"]).and_then(Node::as_list).unwrap_or_default() {
        add("ConfigMap", source.get("configMap"), "name");
        add("Secret", source.get("secret"), "name");
    }
}

fn container_references<'a>(container: &Container<'a>, wanted: &mut Vec<(&'static str, &'a Node)>) {
    let needed = |node: &&Node| node.get("optional").and_then(Node::as_bool) != Some(true);
    for (key, kind) in [("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")] {
        let references = container.list("env").iter().filter_map(|variable| variable.at(&["valueFrom", key]));
        wanted.extend(references.filter(needed).filter_map(|part| Some((kind, part.get("name")?))));
    }
    for (key, kind) in [("secretRef", "Secret"), ("configMapRef", "ConfigMap")] {
        let references = container.list("envFrom").iter().filter_map(|source| source.get(key));
        wanted.extend(references.filter(needed).filter_map(|part| Some((kind, part.get("name")?))));
    }
}

/// Secrets that cert-manager or External Secrets write, and what a hook or controller makes of a claim template.
fn made_by_others(subject: &Subject<'_>, kind: &str, name: &str) -> bool {
    let written = |object: &Object<'_>| match object.kind() {
        "Certificate" => text(object.root(), &["spec", "secretName"]) == name,
        "ExternalSecret" => {
            let target = text(object.root(), &["spec", "target", "name"]);
            target == name || target.is_empty() && object.name() == name
        }
        "SealedSecret" => object.name() == name,
        _ => false,
    };
    kind == "Secret" && subject.objects.iter().any(written)
}

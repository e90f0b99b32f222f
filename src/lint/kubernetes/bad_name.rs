//! A name, label or annotation key that Kubernetes does not take.
//!
//! The API server refuses the object. Names are lower-case letters, digits, `-` and for most kinds `.`, at most 253 characters;
//! names of Services and labels' values have at most 63, and those of CronJobs 52, as their Jobs get eleven more.
//!
//! Shorten or change it; a truncated name must not end in `-`.
//!
//! Source: Kubernetes documentation, "Object Names and IDs" and "Labels and Selectors".

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S031", "bad-name", Error, "bad_name.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in &subject.objects {
        if let Some(node) = object.at(&["metadata", "name"])
            && let Some(problem) = name_problem(object.kind(), object.name())
        {
            let message = format!("`{}` is no name for a {}", object.name(), object.kind());
            found.push(RULE.finding(message).at(node.span, problem));
        }
        for key in ["labels", "annotations"] {
            let own = object.at(&["metadata", key]);
            let pods = object.pod.and_then(|pod| pod.node.at(&["metadata", key]));
            for (name, entry) in own.into_iter().chain(pods).filter_map(Node::as_map).flatten() {
                // Kubernetes folds the keys of annotations before it looks at them.
                let folded = if key == "annotations" { name.to_lowercase() } else { name.clone() };
                if let Some(problem) = key_problem(&folded) {
                    found.push(RULE.finding(format!("`{name}` is no key for {key}")).at(entry.key, problem));
                }
                if key == "labels" && entry.node.as_str().is_some_and(|value| !is_label_value(value)) {
                    let message = format!("label `{name}` has a value that Kubernetes does not take");
                    let rule = "letters, digits, `-`, `_` and `.`, at most 63, a letter or digit at both ends";
                    found.push(RULE.finding(message).at(entry.node.span, rule));
                }
            }
        }
    }
}

fn name_problem(kind: &str, name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return None;
    }
    // RBAC takes any name that is one path segment.
    if kind.contains("Role") {
        return name.contains(['/', '%']).then_some("`/` and `%` cannot stand in it");
    }
    let short = matches!(kind, "Service" | "Namespace");
    let limit = match kind {
        "CronJob" => 52,
        _ if short => 63,
        _ => 253,
    };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || !short && c == '.';
    if name.len() > limit {
        return Some(match limit {
            52 => "longer than 52 characters",
            63 => "longer than 63 characters",
            _ => "longer than 253 characters",
        });
    }
    if !name.chars().all(allowed) {
        return Some("lower-case letters, digits and `-` only");
    }
    let ends = [name.chars().next(), name.chars().last()];
    if kind == "Service" && name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some("it begins with a letter");
    }
    ends.iter().flatten().any(|c| !c.is_ascii_alphanumeric()).then_some("it begins and ends with a letter or digit")
}

fn key_problem(key: &str) -> Option<&'static str> {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    if name.is_empty() || !is_label_value(name) {
        return Some("expected `prefix/name`, the name with at most 63 letters, digits, `-`, `_`, `.`");
    }
    let bad = prefix.is_some_and(|prefix| prefix.is_empty() || name_problem("", prefix).is_some());
    bad.then_some("the part before `/` must be a domain")
}

fn is_label_value(value: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let ends = [value.chars().next(), value.chars().last()];
    value.len() <= 63 && value.chars().all(allowed) && ends.iter().flatten().all(char::is_ascii_alphanumeric)
}

//! An image without a tag, or with one that moves by design.
//!
//! Two nodes run different programs, and a restart is an upgrade that nobody asked for: for a database perhaps one of a major
//! version, which does not start.
//!
//! Name a version; a digest cannot move at all.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S023", "floating-image", Warning, "floating_image.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            let Some(node) = container.node.get("image") else { continue };
            let image = container.image();
            if image.is_empty() || image.contains('@') {
                continue;
            }
            let last = image.rsplit('/').next().unwrap_or(image);
            let tag = last.split_once(':').map(|(_, tag)| tag);
            if tag.is_none_or(|tag| matches!(tag, "" | "latest" | "stable" | "main" | "master" | "edge" | "dev")) {
                let message = format!("container `{}` takes whatever `{image}` is today", container.name);
                found.push(RULE.finding(message).at(node.span, "expected a version, such as `:1.2.3`"));
            }
        }
    }
}

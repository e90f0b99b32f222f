//! A template writes a namespace of its own instead of the release's.
//!
//! Two releases in two namespaces overwrite each other's objects there.
//!
//! Write `namespace: {{ Release.Namespace }}`, or leave it out.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL014", "fixed-namespace", Warning, "fixed_namespace.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.configured.is_none() {
        return;
    }
    for object in &subject.objects {
        let Some(node) = object.at(&["metadata", "namespace"]) else { continue };
        let namespace = object.namespace();
        let map = &object.manifest.map;
        let written = map.expression(node.span.range().start).is_none() && !object.manifest.path.contains("/crds/");
        if written && !namespace.is_empty() && namespace != subject.release.namespace {
            let message = format!(
                "{} `{}` is in namespace `{namespace}`, whatever the release's is",
                object.kind(),
                object.name()
            );
            found.push(RULE.finding(message).at(node.span, "").help("write `{{ Release.Namespace }}`"));
        }
    }
}

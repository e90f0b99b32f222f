//! A file of `crds/` that is no CustomResourceDefinition.
//!
//! Helm installs what lies there before everything else and never upgrades or deletes it.
//!
//! Move other objects to `templates/`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT018", "crds", Error, "crds.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for object in subject.objects.iter().filter(|object| object.manifest.path.contains("/crds/")) {
        if object.kind() != "CustomResourceDefinition" && !object.root().is_null() {
            let place = object.at(&["kind"]).map_or(object.root().span, |node| node.span);
            let message = format!("`{}` in crds/ is no CustomResourceDefinition", object.kind());
            found.push(RULE.finding(message).at(place, "").help("move it to `templates/`"));
        }
    }
}

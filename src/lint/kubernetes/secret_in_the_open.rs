//! A password in a ConfigMap, in a variable's own value, or in a command line.
//!
//! Whoever may look at pods or ConfigMaps reads it, and it is in every copy of the manifest.
//!
//! Put it into a Secret, and give the container the file of a mounted Secret.

use crate::diagnostic::{Diagnostic, is_secret};
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("K8S026", "secret-in-the-open", Error, "secret_in_the_open.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers() {
            for variable in container.list("env") {
                let name = text(variable, &["name"]);
                let Some(value) = variable.get("value") else { continue };
                if names_a_secret(name) && holds_one(value.as_str().unwrap_or_default()) {
                    let place = variable.get("name").map_or(variable.span, |node| node.span);
                    let message =
                        format!("variable `{name}` of container `{}` holds a secret in clear text", container.name);
                    found.push(RULE.finding(message).at(place, "").help("use `valueFrom.secretKeyRef`, or a file"));
                }
            }
        }
    }
    for map in subject.of_kind("ConfigMap") {
        for (key, entry) in map.at(&["data"]).and_then(Node::as_map).into_iter().flatten() {
            let text = entry.node.as_str().unwrap_or_default();
            let is_file = text.contains('\n') || key.contains('.');
            let statement = text.lines().any(sets_a_password);
            if !is_file && names_a_secret(key) && holds_one(text) || statement {
                let message = format!("`{key}` of ConfigMap `{}` holds a secret in clear text", map.name());
                found.push(RULE.finding(message).at(entry.key, "").help("put it into a Secret"));
            }
        }
    }
}

/// `PGPASSWORD`, `DB_PASSWORD`; not the name of a file or of a Secret.
fn names_a_secret(name: &str) -> bool {
    let upper = name.to_uppercase();
    is_secret(name) && !["_FILE", "_PATH", "KEY", "_NAME"].iter().any(|end| upper.ends_with(end))
}

/// A value, and neither empty nor a reference to another variable.
fn holds_one(value: &str) -> bool {
    let value = value.trim();
    !value.is_empty() && !value.starts_with('$') && !value.starts_with('/') && !matches!(value, "true" | "false")
}

/// `CREATE USER … PASSWORD '…'` with a text that is no verifier and no variable.
fn sets_a_password(line: &str) -> bool {
    let upper = line.to_uppercase();
    let statement =
        ["CREATE USER", "CREATE ROLE", "ALTER USER", "ALTER ROLE"].iter().any(|start| upper.contains(start));
    let Some(at) = upper.find("PASSWORD").filter(|_| statement) else { return false };
    let rest = upper[at + "PASSWORD".len()..].trim_start();
    rest.strip_prefix('\'').is_some_and(|rest| {
        !rest.starts_with('\'')
            && !rest.starts_with("SCRAM-")
            && !rest.starts_with(['$', ':', '%'])
            && !rest.starts_with("{{")
    })
}

//! The exporter logs in as the superuser, or over the network without encryption.
//!
//! It needs neither more than `pg_monitor` nor a way on which everybody reads its password.
//!
//! Give it a role of its own, and connect over the socket or with `sslmode=verify-full`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG093", "metrics-in-plain-text", Warning, "metrics_in_plain_text.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for (_, pod) in subject.pods() {
        for container in pod.containers().filter(|container| container.image().contains("exporter")) {
            for variable in container.list("env") {
                let (name, Some(value)) = (text(variable, &["name"]), variable.get("value")) else { continue };
                let content = value.as_str().unwrap_or_default();
                let superuser = name == "DATA_SOURCE_USER" && content == "postgres"
                    || ["//postgres:", "//postgres@", "user=postgres "].iter().any(|part| content.contains(part));
                let local =
                    content.contains("localhost") || content.contains("127.0.0.1") || content.contains("host=/");
                let plain = content.contains("sslmode=disable") && !local;
                if name.starts_with("DATA_SOURCE") && (superuser || plain) {
                    let place = variable.get("name").map_or(variable.span, |node| node.span);
                    let what = if superuser { "as the superuser" } else { "without encryption" };
                    let message = format!("container `{}` logs in {what}", container.name);
                    let help = if superuser {
                        "give it a role of its own: `GRANT pg_monitor TO exporter`"
                    } else {
                        "connect over the socket, `host=/run/postgresql`, or with `sslmode=verify-full`"
                    };
                    found.push(RULE.finding(message).at(place, "").help(help));
                }
            }
        }
    }
}

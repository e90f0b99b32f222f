//! Several servers and nothing that replicates between them.
//!
//! Each has a database of its own behind one Service: what one connection writes the next one does not see.
//!
//! Set `replicas: 1`, or set up streaming replication.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule =
    rule!("PG018", "replicas-without-replication", Error, "replicas_without_replication.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let words = ["pg_basebackup", "primary_conninfo", "standby.signal", "patroni", "repmgr", "pg_autoctl"];
    for server in subject.servers().iter().filter(|server| server.object.replicas() > 1) {
        let in_texts =
            subject.texts().iter().any(|text| words.iter().any(|word| text.text.to_lowercase().contains(word)));
        let image = server.container.image();
        let variables = server.container.list("env").iter().any(|variable| {
            variable
                .get("name")
                .and_then(Node::as_str)
                .is_some_and(|name| name.contains("REPMGR") || name.contains("PATRONI"))
        });
        if !in_texts && !variables && !image.contains("spilo") && !image.contains("repmgr") {
            let place = server.object.at(&["spec", "replicas"]).map_or(server.object.root().span, |node| node.span);
            let message = format!("{} servers, each with a database of its own", server.object.replicas());
            found.push(RULE.finding(message).at(place, "expected 1, or replication"));
        }
    }
}

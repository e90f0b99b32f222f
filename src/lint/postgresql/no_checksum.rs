//! The server's files are in a ConfigMap, and nothing tells the pods when it changes.
//!
//! A new setting is in the ConfigMap and not in the server, until the pod happens to restart, perhaps months later.
//!
//! Put a checksum of the files into the pods' annotations, or run something that reloads the server.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG030", "no-checksum", Warning, "no_checksum.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let Some(file) = server.files.iter().find(|file| file.name.ends_with("postgresql.conf")) else { continue };
        let annotations = server.pod.node.at(&["metadata", "annotations"]).and_then(Node::as_map);
        let checked =
            annotations.is_some_and(|map| map.keys().any(|key| key.contains("checksum") || key.contains("reloader")));
        let reloads = subject
            .texts()
            .iter()
            .any(|text| text.text.contains("pg_reload_conf") || text.text.contains("pg_ctl reload"));
        if !checked && !reloads {
            let place = server
                .pod
                .node
                .at(&["metadata", "annotations"])
                .map_or_else(|| Subject::head(&server.object), |node| node.span);
            let message = "a change of the server's files reaches no server that runs";
            let finding = RULE.finding(message).at(place, "a checksum belongs here").label(file.key, "these files");
            found.push(finding.help("annotate the pods: `checksum/config: {{ … | sha256sum }}`"));
        }
    }
}

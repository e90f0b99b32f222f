//! The image's tag says nothing about the release of Debian below it.
//!
//! The official image follows Debian. With another release comes another C library, which sorts text in another order: indexes on
//! text then miss rows, unique ones let the same row in twice, and the server only writes a warning into its log.
//!
//! Name the release, as in `16-bookworm`, and `REINDEX` when it changes; or make the database with `--locale=C.UTF-8`, which sorts by
//! code point.
//!
//! Source: PostgreSQL wiki, "Locale data changes".

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::object::text;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG028", "collation-may-change", Warning, "collation_may_change.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let (repository, tag) = (server.container.repository(), server.container.tag());
        let official = matches!(repository, "postgres" | "library/postgres" | "docker.io/postgres")
            || repository.ends_with("/library/postgres");
        let says = ["bullseye", "bookworm", "trixie", "alpine"].iter().any(|release| tag.contains(release));
        if !official || says || server.major.is_none() || server.container.image().contains('@') {
            continue;
        }
        let by_code_point = |value: &str| {
            ["C.UTF-8", "C.utf8", "--locale=C", "--no-locale", "provider=builtin"]
                .iter()
                .any(|word| value.contains(word))
        };
        let variables = server.pod.containers().flat_map(|container| container.list("env"));
        let sorts_alike = variables.into_iter().any(|variable| by_code_point(text(variable, &["value"])))
            || subject.texts().iter().any(|text| by_code_point(text.text));
        if let Some(node) = server.container.node.get("image").filter(|_| !sorts_alike) {
            let message =
                format!("tag `{tag}` may be of another release of Debian tomorrow, which sorts text differently");
            let set = subject.configured.filter(|_| subject.is_postgresql());
            let set = set.and_then(|configured| configured.values.at(&["image", "tag"])).filter(|set| !set.is_null());
            let finding = RULE.finding(message).at(set.unwrap_or(node).span, "");
            found.push(
                finding.help(format!("name the release: `{tag}-bookworm`, or the one that the database was made with")),
            );
        }
    }
}

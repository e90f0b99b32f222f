//! The container starts `postgres` past the image's entrypoint.
//!
//! Nothing makes the database: the server ends with "is not a valid data directory".
//!
//! Give the arguments in `args` and leave `command` out, or run `initdb` in an init container.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG077", "no-first-boot", Error, "no_first_boot.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let first = server.container.list("command").first();
        let Some(node) =
            first.filter(|node| node.as_str().is_some_and(|word| word == "postgres" || word.ends_with("/postgres")))
        else {
            continue;
        };
        let makes =
            subject.texts().iter().any(|text| text.text.contains("initdb") || text.text.contains("pg_basebackup"));
        if !makes {
            let message = "nothing makes the database: the image's entrypoint is passed by";
            found.push(RULE.finding(message).at(node.span, "use `args` and leave `command` out"));
        }
    }
}

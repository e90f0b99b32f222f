//! The server writes its log into its data directory.
//!
//! `kubectl logs` shows nothing, nobody removes the files, and every base backup carries them.
//!
//! Set `logging_collector = off`: the container's output is the log.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG080", "hidden-logs", Warning, "hidden_logs.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers().iter().filter(|server| server.is_on("logging_collector")) {
        let to_output = server.text("log_directory").is_some_and(|(path, _)| path.starts_with("/dev"));
        let mounted = server.text("log_directory").is_some_and(|(path, _)| path.starts_with('/'));
        if let Some(place) = server.place("logging_collector").filter(|_| !to_output && !mounted) {
            found.push(
                RULE.finding("the log goes into the data directory, where nobody sees it").at(place, "use `off`"),
            );
        }
    }
}

//! `archive_mode` is on and nothing archives.
//!
//! The server keeps every segment of the log until it has been archived, and so for ever: the volume fills and the server stops.
//!
//! Set `archive_command` or `archive_library`, or leave `archive_mode` off.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule =
    rule!("PG021", "archive-without-command", Warning, "archive_without_command.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    if subject.is_postgresql() {
        return;
    }
    for server in subject.servers() {
        let Some((mode, place)) = server.text("archive_mode") else { continue };
        let empty = |name: &str| server.text(name).is_none_or(|(command, _)| command.is_empty());
        if matches!(mode, "on" | "always") && empty("archive_command") && empty("archive_library") {
            let message = "`archive_mode` is on and nothing archives: the log grows without end";
            found.push(RULE.finding(message).at(place, "").help("set `archive_command`"));
        }
    }
}

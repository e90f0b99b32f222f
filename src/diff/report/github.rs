//! Annotations of GitHub Actions: one workflow command per object that changes, on the template that renders it.

use super::totals;
use crate::diff::{Entry, Report, Status};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    for danger in &report.dangers {
        let help = danger.help.as_ref().map(|help| format!(". {help}")).unwrap_or_default();
        out.push_str(&format!(
            "::warning title={}::{}\n",
            property(&danger.id.to_string()),
            data(&format!("{}{help}", danger.message))
        ));
    }
    for line in &report.notes {
        out.push_str(&format!("::warning title=pgchart diff::{}\n", data(line)));
    }
    for entry in report.entries.iter().filter(|entry| !entry.status.is_quiet()) {
        out.push_str(&command(entry));
    }
    out.push_str(&format!("::notice title=pgchart diff::{}\n", data(&totals(report))));
    out
}

fn command(entry: &Entry) -> String {
    let level = match entry.status {
        Status::Rejected | Status::Conflict | Status::UnknownKind | Status::Failed => "error",
        Status::WouldPrune => "warning",
        _ => "notice",
    };
    let mut words: Vec<String> = entry.messages.clone();
    words.extend(entry.immutable.iter().map(|one| format!("{}: {}", one.path, one.reason)));
    if entry.status != Status::Create {
        let change = |one: &crate::diff::Change| one.path.to_string();
        words.extend(entry.changes.iter().map(change));
    }
    words.extend(entry.restart.as_ref().map(|restart| format!("restarts: {}", restart.how)));
    words.extend(entry.help.iter().map(|help| format!("help: {help}")));
    let file = entry.source.as_ref().map(|source| format!("file={},", property(source))).unwrap_or_default();
    format!(
        "::{level} {file}title={} {}::{}\n",
        entry.status.name(),
        property(&entry.id.to_string()),
        data(&words.join("\n"))
    )
}

/// Source: GitHub's toolkit, `escapeData` and `escapeProperty`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

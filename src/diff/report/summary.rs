//! One line per object.

use super::lines::{self, GREEN, RED, paint};
use super::{View, totals};
use crate::diff::{Report, Status};

/// The most characters of a message.
const MESSAGE: usize = 120;

pub(super) fn write(report: &Report, view: View) -> String {
    let mut out = String::new();
    for entry in report.entries.iter().filter(|entry| !entry.status.is_quiet()) {
        let text = format!("{} {:<13} {}", entry.status.mark(), entry.status.name(), entry.id);
        out.push_str(&paint(view.style, lines::colour(entry.status), &text));
        let what = match entry.status {
            Status::Rejected if !entry.immutable.is_empty() => {
                format!("immutable: {}", few(entry.immutable.iter().map(|one| one.path.clone())))
            }
            Status::Rejected | Status::Conflict | Status::UnknownKind | Status::Failed => {
                few(entry.messages.iter().map(|message| cut(message)))
            }
            Status::Update => few(entry.changes.iter().map(|change| change.path.to_string())),
            _ => String::new(),
        };
        if !what.is_empty() {
            out.push_str(&format!("  {what}"));
        }
        out.push('\n');
    }
    for line in &report.notes {
        out.push_str(&format!("note: {line}\n"));
    }
    out + &totals(report) + "\n"
}

/// The first three, and how many there are more.
fn few(all: impl ExactSizeIterator<Item = String>) -> String {
    let more = all.len().saturating_sub(3);
    let shown = all.take(3).collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// The first words of a message, which a server may make very long.
fn cut(message: &str) -> String {
    let line: String = message.chars().map(|c| if c == '\n' { ' ' } else { c }).take(MESSAGE).collect();
    if message.chars().nth(MESSAGE).is_some() { line + "…" } else { line }
}

/// How many lines of each object change, as `diffstat` counts.
pub(super) fn stat(report: &Report, view: View) -> String {
    let rows: Vec<(String, usize, usize)> = report
        .entries
        .iter()
        .filter(|entry| !matches!(entry.status, Status::Unchanged | Status::RetainedData | Status::Failed))
        .map(|entry| {
            let (added, removed) = lines::count(entry);
            (format!("{} {}", entry.status.mark(), entry.id), added, removed)
        })
        .collect();
    let width = rows.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or(0);
    let most = rows.iter().map(|(_, added, removed)| added + removed).max().unwrap_or(0).max(1);
    let mut out = String::new();
    for (name, added, removed) in &rows {
        let scale = |count: usize| if most > 40 { (count * 40).div_ceil(most) } else { count };
        let bars = paint(view.style, GREEN, &"+".repeat(scale(*added)))
            + &paint(view.style, RED, &"-".repeat(scale(*removed)));
        out.push_str(&format!("{name:<width$} | {:>5} {bars}\n", added + removed));
    }
    out + &totals(report) + "\n"
}

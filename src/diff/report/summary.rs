//! One line per object.

use super::lines::{self, GREEN, RED, paint};
use super::{View, totals};
use crate::diff::{Report, Status};

pub(super) fn write(report: &Report, view: View) -> String {
    let mut out = String::new();
    for entry in report.entries.iter().filter(|entry| !entry.status.is_quiet()) {
        let text = format!("{} {:<13} {}", entry.status.mark(), entry.status.name(), entry.id);
        out.push_str(&paint(view.style, lines::colour(entry.status), &text));
        let what = match entry.status {
            Status::Update | Status::Rejected | Status::Conflict if !entry.changes.is_empty() => {
                let paths: Vec<String> = entry.changes.iter().map(|change| change.path.to_string()).collect();
                let more = paths.len().saturating_sub(3);
                let shown = paths[..paths.len() - more].join(", ");
                if more > 0 { format!("  {shown} and {more} more") } else { format!("  {shown}") }
            }
            _ => String::new(),
        };
        out.push_str(&what);
        out.push('\n');
    }
    out + &totals(report) + "\n"
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

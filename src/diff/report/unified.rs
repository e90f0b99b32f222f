//! A unified diff: one file per object, named so that tools can tell objects apart.

use super::View;
use super::lines::{self, CYAN, GREEN, RED, paint};
use crate::diff::{Entry, Report, Status};

pub(super) fn write(report: &Report, view: View) -> String {
    report.entries.iter().map(|entry| object(entry, view)).collect()
}

fn object(entry: &Entry, view: View) -> String {
    if matches!(entry.status, Status::Unchanged | Status::RetainedData | Status::Failed) {
        return String::new();
    }
    let (old, new) = lines::sides(entry);
    let hunks = lines::hunks(&old, &new, view.context);
    if hunks.is_empty() {
        return String::new();
    }
    let path = path(entry);
    let name = |side: &str, text: &str| if text.is_empty() { "/dev/null".to_owned() } else { format!("{side}/{path}") };
    let mut out = format!("--- {}\n+++ {}\n", name("a", &old), name("b", &new));
    for line in hunks.lines() {
        let painted = match line.as_bytes().first() {
            Some(b'+') => paint(view.style, GREEN, line),
            Some(b'-') => paint(view.style, RED, line),
            Some(b'@') => paint(view.style, CYAN, line),
            _ => line.to_owned(),
        };
        out.push_str(&painted);
        out.push('\n');
    }
    out
}

/// `apps.v1.StatefulSet/factory/db`.
pub(super) fn path(entry: &Entry) -> String {
    let version = entry.api_version.replace('/', ".");
    let namespace = if entry.id.namespace.is_empty() { String::new() } else { format!("{}/", entry.id.namespace) };
    format!("{version}.{}/{namespace}{}", entry.id.kind, entry.id.name)
}

//! Objects as lines of YAML, and the differences of such lines.

use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};

use crate::diagnostic::Style;
use crate::diff::Entry;
use crate::yaml;

/// A value as YAML.
pub(super) fn yaml(value: &Json) -> String {
    let mut text = yaml::write(value);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Both sides of an entry as YAML; what is not there is empty.
pub(super) fn sides(entry: &Entry) -> (String, String) {
    let text = |side: &Option<Json>| side.as_ref().map(yaml).unwrap_or_default();
    let new = if entry.status == crate::diff::Status::WouldPrune { String::new() } else { text(&entry.new) };
    (text(&entry.old), new)
}

/// How many lines come and go.
pub(super) fn count(entry: &Entry) -> (usize, usize) {
    let (old, new) = sides(entry);
    let diff = TextDiff::from_lines(&old, &new);
    diff.iter_all_changes().fold((0, 0), |(added, removed), change| match change.tag() {
        ChangeTag::Insert => (added + 1, removed),
        ChangeTag::Delete => (added, removed + 1),
        ChangeTag::Equal => (added, removed),
    })
}

/// The hunks of a unified diff.
pub(super) fn hunks(old: &str, new: &str, context: Option<usize>) -> String {
    let radius = context.unwrap_or(usize::MAX / 4);
    let diff = TextDiff::from_lines(old, new);
    diff.unified_diff().context_radius(radius).missing_newline_hint(false).to_string()
}

/// A line in a colour.
pub(super) fn paint(style: Style, code: &str, text: &str) -> String {
    match style {
        Style::Plain => text.to_owned(),
        Style::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    }
}

pub(super) const GREEN: &str = "32";
pub(super) const RED: &str = "31";
pub(super) const YELLOW: &str = "33";
pub(super) const CYAN: &str = "36";
pub(super) const BOLD: &str = "1";
pub(super) const DIM: &str = "2";

/// The colour of a status.
pub(super) fn colour(status: crate::diff::Status) -> &'static str {
    use crate::diff::Status;
    match status {
        Status::Create => GREEN,
        Status::Update => YELLOW,
        Status::WouldPrune | Status::Rejected | Status::Conflict | Status::UnknownKind | Status::Failed => RED,
        Status::RetainedData => CYAN,
        Status::Unchanged => DIM,
    }
}

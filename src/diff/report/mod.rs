//! A report as text: one file per format.

mod github;
mod human;
mod json;
mod lines;
mod markdown;
mod summary;
mod unified;

use super::Report;
use crate::diagnostic::Style;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people: each change by its path, with what it brings
    #[default]
    Human,
    /// A unified diff of the objects, for tools that read patches
    Unified,
    /// One line per object
    Summary,
    /// Everything, for programs
    Json,
    /// A comment for a pull request
    Markdown,
    /// Annotations of GitHub Actions, and the markdown in its job summary
    Github,
}

/// How much of a report is shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Colours.
    pub style: Style,
    /// Lines around a change; nothing means all.
    pub context: Option<usize>,
    /// Only how many lines of each object change.
    pub stat: bool,
    /// The most bytes of a comment.
    pub limit: usize,
}

impl Default for View {
    fn default() -> Self {
        Self { style: Style::Plain, context: Some(3), stat: false, limit: markdown::LIMIT }
    }
}

/// Writes the report.
pub fn write(report: &Report, format: Format, view: View) -> String {
    match format {
        Format::Json => json::write(report),
        _ if view.stat => summary::stat(report, view),
        Format::Human => human::write(report, view),
        Format::Unified => unified::write(report, view),
        Format::Summary => summary::write(report, view),
        Format::Markdown => markdown::write(report, view),
        Format::Github => github::write(report),
    }
}

/// The report as a comment in markdown, for the job summary beside [`Format::Github`].
pub fn markdown(report: &Report, view: View) -> String {
    markdown::write(report, view)
}

/// `2 to create, 1 rejected, 12 unchanged`.
fn totals(report: &Report) -> String {
    use super::Status;
    let words = |status: Status| match status {
        Status::Create => "to create",
        Status::Update => "to update",
        Status::WouldPrune => "to remove",
        Status::Rejected => "rejected",
        Status::Conflict => "in conflict",
        Status::UnknownKind => "of unknown kind",
        Status::Failed => "not compared",
        Status::RetainedData => "retained",
        Status::Unchanged => "unchanged",
    };
    let parts: Vec<String> =
        report.counts().into_iter().map(|(status, count)| format!("{count} {}", words(status))).collect();
    if parts.is_empty() { "no objects".to_owned() } else { parts.join(", ") }
}

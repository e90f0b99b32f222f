//! Reports as text, one file per format. Every format is a valid file when there is nothing to tell, and none holds a line
//! of the sources but `full`, which stars secrets.

mod concise;
mod full;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;

use super::Report;
use crate::diagnostic::Style;

/// How a report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Excerpts with carets, notes and help.
    Full,
    /// One line per finding.
    Concise,
    /// Everything, for programs.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit, for test reports.
    Junit,
    /// Annotations of GitHub's workflows.
    Github,
    /// GitLab's code quality.
    Gitlab,
}

/// The report as text.
pub fn write(report: &Report, format: Format, style: Style) -> String {
    match format {
        Format::Full => full::write(report, style),
        Format::Concise => concise::write(report),
        Format::Json => json::write(report),
        Format::Sarif => sarif::write(report),
        Format::Junit => junit::write(report),
        Format::Github => github::write(report),
        Format::Gitlab => gitlab::write(report),
    }
}

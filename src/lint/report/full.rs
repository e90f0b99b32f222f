//! Excerpts, for people.

use crate::diagnostic::{Style, render};
use crate::lint::{Finding, Report};

pub(super) fn write(report: &Report, style: Style) -> String {
    report.told().map(|finding| one(finding, report, style) + "\n").collect()
}

fn one(finding: &Finding, report: &Report, style: Style) -> String {
    let mut diagnostic = finding.diagnostic.clone();
    let everywhere = finding.runs.len() == report.runs.len();
    if report.runs.len() > 1 && !everywhere && !finding.runs.is_empty() {
        diagnostic = diagnostic.note(format!("with {}", finding.runs.join("; ")));
    }
    render(&diagnostic, &report.runs[finding.run].sources, style, Some(finding.rule.id))
}

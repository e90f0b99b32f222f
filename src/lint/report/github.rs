//! Workflow commands, which GitHub shows as annotations in a pull request.
//!
//! Source: GitHub documentation, "Workflow commands for GitHub Actions".

use crate::diagnostic::Severity;
use crate::lint::{Finding, Report};

pub(super) fn write(report: &Report) -> String {
    report.told().map(line).collect()
}

fn line(finding: &Finding) -> String {
    let command = match finding.diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let id = finding.rule.id;
    let mut properties = vec![format!("title={id} {}", finding.rule.name)];
    let mut message = finding.diagnostic.message.clone();
    if let Some(place) = &finding.place {
        if place.is_file() {
            let file = property(place.file.strip_prefix("./").unwrap_or(&place.file));
            properties.push(format!("file={file}"));
            properties.push(format!("line={},col={},endColumn={}", place.line, place.column, place.end_column));
        } else {
            message = format!("{message} ({})", place.file);
        }
    }
    for help in &finding.diagnostic.help {
        message.push_str(&format!("\nhelp: {help}"));
    }
    format!("::{command} {}::{}\n", properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

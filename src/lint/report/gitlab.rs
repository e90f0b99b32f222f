//! GitLab's code quality report: one array, each entry with `description`, `check_name`, `fingerprint`, `severity` and
//! `location`.
//!
//! Source: GitLab documentation, "Code Quality", section "Code Quality report format".

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::lint::{Finding, Report};

pub(super) fn write(report: &Report) -> String {
    let entries: Vec<Value> = report.told().map(entry).collect();
    format!("{:#}\n", Value::Array(entries))
}

fn entry(finding: &Finding) -> Value {
    let severity = match finding.diagnostic.severity {
        Severity::Error => "major",
        Severity::Warning => "minor",
        Severity::Note => "info",
    };
    // The report wants a file; what has none is about the chart as a whole.
    let (path, line) = match &finding.place {
        Some(place) => (place.file.strip_prefix("./").unwrap_or(&place.file), place.line),
        None => ("Chart.yaml", 1),
    };
    json!({
        "description": format!("{}: {}", finding.rule.id, finding.diagnostic.message),
        "check_name": finding.rule.name,
        "fingerprint": finding.fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    })
}

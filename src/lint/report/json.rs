//! Everything, for programs.

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::lint::finding::{Place, Suppressed};
use crate::lint::{Finding, Report, level};

pub(super) fn write(report: &Report) -> String {
    let findings: Vec<Value> = report.findings.iter().map(|finding| one(finding, report)).collect();
    let document = json!({
        "version": 1,
        "tool": {"name": "pgchart", "version": env!("CARGO_PKG_VERSION")},
        "summary": {
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
            "suppressed": report.suppressed(),
        },
        "findings": findings,
    });
    format!("{document:#}\n")
}

fn one(finding: &Finding, report: &Report) -> Value {
    let sources = &report.runs[finding.run].sources;
    let diagnostic = &finding.diagnostic;
    let labels: Vec<Value> = diagnostic
        .labels
        .iter()
        .map(|label| {
            let mut value = place(&Place::new(sources, label.span));
            value["message"] = json!(label.message);
            value
        })
        .collect();
    let mut value = json!({
        "rule": finding.rule.id,
        "name": finding.rule.name,
        "severity": level(diagnostic.severity),
        "message": diagnostic.message,
        "place": finding.place.as_ref().map(place),
        "label": diagnostic.primary.as_ref().map(|label| &label.message).filter(|message| !message.is_empty()),
        "labels": labels,
        "notes": diagnostic.notes,
        "help": diagnostic.help,
        "fingerprint": finding.fingerprint,
        "suppressed": match &finding.suppressed {
            None => Value::Null,
            Some(Suppressed::Comment(reason)) => json!({"by": "comment", "reason": reason}),
            Some(Suppressed::Baseline) => json!({"by": "baseline"}),
        },
    });
    if report.runs.len() > 1 {
        value["runs"] = json!(finding.runs);
    }
    value
}

fn place(place: &Place) -> Value {
    json!({"file": place.file, "line": place.line, "column": place.column, "endColumn": place.end_column})
}

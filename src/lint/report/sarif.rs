//! SARIF 2.1.0, which code scanning of GitHub, Azure DevOps and editors read.
//!
//! Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".

use serde_json::{Value, json};

use crate::diagnostic::Severity;
use crate::lint::finding::{Place, Suppressed};
use crate::lint::{Finding, Report, Rule};

pub(super) fn write(report: &Report) -> String {
    let rules: Vec<Value> = report.rules.iter().map(|rule| descriptor(rule)).collect();
    let results: Vec<Value> = report.findings.iter().map(|finding| result(finding, report)).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "pgchart",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "name": rule.name,
        "shortDescription": {"text": rule.summary()},
        "help": {"text": rule.documentation(), "markdown": rule.documentation()},
        "defaultConfiguration": {"level": rule.level()},
    })
}

fn result(finding: &Finding, report: &Report) -> Value {
    let diagnostic = &finding.diagnostic;
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut text = diagnostic.message.clone();
    for more in diagnostic.notes.iter().chain(&diagnostic.help) {
        text.push('\n');
        text.push_str(more);
    }
    let sources = &report.runs[finding.run].sources;
    let mut value = json!({
        "ruleId": finding.rule.id,
        "ruleIndex": report.rules.iter().position(|rule| rule.id == finding.rule.id),
        "level": level,
        "message": {"text": text},
        "locations": finding.place.iter().map(location).collect::<Vec<_>>(),
        "partialFingerprints": {"pgchart/v1": finding.fingerprint},
    });
    let related: Vec<Value> = diagnostic
        .labels
        .iter()
        .enumerate()
        .map(|(id, label)| {
            let mut value = location(&Place::new(sources, label.span));
            value["id"] = json!(id);
            if !label.message.is_empty() {
                value["message"] = json!({"text": label.message});
            }
            value
        })
        .collect();
    if !related.is_empty() {
        value["relatedLocations"] = json!(related);
    }
    match &finding.suppressed {
        None => {}
        Some(Suppressed::Comment(reason)) => {
            value["suppressions"] = json!([{"kind": "inSource", "justification": reason}]);
        }
        Some(Suppressed::Baseline) => value["suppressions"] = json!([{"kind": "external"}]),
    }
    value
}

/// Flags and what the program brings along are no files; they have a name only.
fn location(place: &Place) -> Value {
    if !place.is_file() {
        return json!({"logicalLocations": [{"name": place.file, "kind": "resource"}]});
    }
    json!({"physicalLocation": {
        "artifactLocation": {"uri": uri(&place.file)},
        "region": {"startLine": place.line, "startColumn": place.column, "endLine": place.line, "endColumn": place.end_column},
    }})
}

/// A path as a relative reference: what a URI does not take is escaped.
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let mut out = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    if out.starts_with('/') { format!("file://{out}") } else { out }
}

//! JUnit's XML, which Jenkins and most CI systems show as test results: one suite per rule family, one case per finding.
//! A family without findings has one case that passed, as an empty suite looks as if nothing had run.
//!
//! Source: the schema that Jenkins' xUnit plugin publishes as `junit-10.xsd`.

use std::collections::BTreeMap;

use crate::lint::{Finding, Report, level};

pub(super) fn write(report: &Report) -> String {
    let mut families: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for rule in &report.rules {
        families.entry(rule.family()).or_default();
    }
    for finding in report.told() {
        families.entry(finding.rule.family()).or_default().push(finding);
    }
    let total = report.told().count();
    let tests: usize = families.values().map(|findings| findings.len().max(1)).sum();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out.push_str(&format!("<testsuites name=\"pgchart lint\" tests=\"{tests}\" failures=\"{total}\" errors=\"0\">\n"));
    for (family, findings) in families {
        let (tests, failures) = (findings.len().max(1), findings.len());
        out.push_str(&format!(
            "  <testsuite name=\"{family}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n"
        ));
        if findings.is_empty() {
            out.push_str(&format!("    <testcase name=\"{family}\" classname=\"pgchart.lint\"/>\n"));
        }
        for finding in findings {
            out.push_str(&case(finding));
        }
        out.push_str("  </testsuite>\n");
    }
    out + "</testsuites>\n"
}

fn case(finding: &Finding) -> String {
    let place = finding.place.as_ref().map(|place| format!("{}:{}:{}", place.file, place.line, place.column));
    let place = place.unwrap_or_else(|| "(no place)".to_owned());
    let diagnostic = &finding.diagnostic;
    let lines: Vec<&str> = diagnostic.notes.iter().chain(&diagnostic.help).map(String::as_str).collect();
    let body = std::iter::once(place.as_str()).chain(lines).collect::<Vec<_>>().join("\n");
    format!(
        "    <testcase name=\"{} {}\" classname=\"pgchart.lint.{}\">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>\n",
        finding.rule.id,
        escape(&place),
        escape(finding.rule.name),
        level(diagnostic.severity),
        escape(&diagnostic.message),
        escape(&body)
    )
}

/// Text as XML 1.0 takes it: characters that it has no way to write become U+FFFD.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

//! One line per finding, for terminals and `grep`.

use crate::lint::{Report, level};

pub(super) fn write(report: &Report) -> String {
    let mut out = String::new();
    for finding in report.told() {
        if let Some(place) = &finding.place {
            out.push_str(&format!("{}:{}:{}: ", place.file, place.line, place.column));
        }
        let level = level(finding.diagnostic.severity);
        out.push_str(&format!("{level}[{}] {}\n", finding.rule.id, finding.diagnostic.message));
    }
    out
}

//! A baseline: findings that were there before, so that only new ones are told.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Suppressed};
use crate::diagnostic::Diagnostic;

/// The findings that are known.
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    known: BTreeSet<String>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    findings: Vec<Known>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Known {
    rule: String,
    file: String,
    message: String,
    fingerprint: String,
}

impl Baseline {
    /// Reads a baseline.
    ///
    /// # Errors
    /// When the text is none.
    pub fn read(path: &str, text: &str) -> Result<Self, Diagnostic> {
        let wrong = |why: String| {
            Diagnostic::error(format!("`{path}` is no baseline: {why}"))
                .help(format!("write one: `pgchart lint --write-baseline {path}`"))
        };
        let document: Document = serde_json::from_str(text).map_err(|error| wrong(error.to_string()))?;
        if document.version != 1 {
            return Err(wrong(format!("expected version 1, found {}", document.version)));
        }
        Ok(Self { known: document.findings.into_iter().map(|known| known.fingerprint).collect() })
    }

    /// A baseline of what is found now.
    pub fn write(findings: &[Finding]) -> String {
        let told = findings.iter().filter(|finding| !matches!(finding.suppressed, Some(Suppressed::Comment(_))));
        let known = told.map(|finding| Known {
            rule: finding.rule.id.to_owned(),
            file: finding.place.as_ref().map(|place| place.file.clone()).unwrap_or_default(),
            message: finding.diagnostic.message.clone(),
            fingerprint: finding.fingerprint.clone(),
        });
        let document = Document { version: 1, findings: known.collect() };
        serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
    }

    /// Takes back what is known.
    pub(super) fn apply(&self, findings: &mut [Finding]) {
        for finding in findings {
            if finding.suppressed.is_none() && self.known.contains(&finding.fingerprint) {
                finding.suppressed = Some(Suppressed::Baseline);
            }
        }
    }
}

//! Chart.yaml has no `version`, or one that is no semantic version.
//!
//! Repositories and dependencies compare versions; `v1.2` or `1.2` are read by some and refused by others.
//!
//! Write three numbers: `1.2.3`.

use super::file::{place, text};
use crate::chart::parse_version;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT007", "chart-version", Error, "chart_version.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(file) = subject.chart_file else { return };
    let version = text(file, "version");
    let at = place(file, "version");
    if version.is_empty() {
        found.push(RULE.finding("version is required").at(at, "").help("write `version: 0.1.0`"));
    } else if parse_version(&version).is_err() {
        found.push(
            RULE.finding(format!("version `{version}` is not a valid semantic version")).at(at, "expected `1.2.3`"),
        );
    } else if semver::Version::parse(&version).is_err() {
        let finding = RULE.finding(format!("version `{version}` is not a valid SemVer 2.0"));
        found.push(Diagnostic { severity: Severity::Warning, ..finding }.at(at, "expected `1.2.3`"));
    }
}

//! Controls of regulations: databases that they can be put into, and records that are kept long enough.

use super::Subject;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::postgres::compliance::{self, LEAST_YEARS, Switches};
use crate::postgres::industrial;
use crate::yaml::Node;

/// Days of a year, the leap day included.
const YEAR: u64 = 366;

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let switches = Switches::new(subject.values);
    databases(subject, switches, found);
    if switches.retention {
        retention(subject, found);
    }
}

/// Databases that are there, and are not the copy of what happens in the others.
fn databases(subject: Subject<'_>, switches: Switches, found: &mut Vec<Diagnostic>) {
    let candidates = compliance::candidates(subject.values);
    let named = subject.node.at(&["compliance", "databases"]).and_then(Node::as_list).unwrap_or_default();
    if !named.is_empty() && !switches.trail {
        found.push(
            Diagnostic::error("no control is on that these databases could have")
                .at(subject.span(&["compliance", "databases"]), "")
                .help("set `compliance.cfrPart11.enabled`, `compliance.iso9001.enabled` or `compliance.gdpr.enabled`"),
        );
    }
    for node in named {
        let Some(name) = node.as_str().filter(|name| !candidates.iter().any(|known| known == name)) else { continue };
        let label = did_you_mean(name, candidates.iter().map(String::as_str)).unwrap_or_default();
        found.push(
            Diagnostic::error(format!("there is no database `{name}` that controls could be in"))
                .at(node.span, label)
                .help("name the application's database, one of `postgresql.databases`, or one of `industrial` but for its central copy"),
        );
    }
}

/// Records are not dropped before their time.
fn retention(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let values = subject.values;
    let years = values.compliance.retention_years;
    let cfr = &values.compliance.cfr_part11;
    if cfr.enabled && cfr.controls.retention && years < LEAST_YEARS {
        found.push(
            Diagnostic::error(format!(
                "records under 21 CFR Part 11 are kept at least {LEAST_YEARS} years, here it is {years}"
            ))
            .at(subject.span(&["compliance", "retentionYears"]), "")
            .help("the rule for the records themselves may ask for more, such as a year after a batch expires (21 CFR 211.180)"),
        );
    }
    let factory = &values.industrial;
    let names = compliance::names(values);
    let is_kept = |name: &str| {
        let has_controls = names.iter().any(|kept| kept == name);
        industrial::names(values).contains(&name) && (has_controls || name == industrial::TRAIL)
    };
    let least = u64::from(years) * YEAR;
    for (key, name, days) in [
        ("qualityMetrics", "quality_metrics", factory.quality_metrics.retention_days),
        ("energyConsumption", "energy_consumption", factory.energy_consumption.retention_days),
        ("scadaHistorian", "scada_historian", factory.scada_historian.retention_days),
        ("auditTrail", industrial::TRAIL, factory.audit_trail.retention_days),
    ] {
        let Some(days) = days.filter(|days| is_kept(name) && u64::from(*days) < least) else { continue };
        let mut error =
            Diagnostic::error(format!("`{name}` drops after {days} days what has to be kept for {years} years"))
                .at(subject.span(&["industrial", key, "retentionDays"]), "")
                .label(subject.span(&["compliance", "retentionYears"]), "the rule")
                .help(format!("set `industrial.{key}.retentionDays: null`, or at least {least}"));
        if name != industrial::TRAIL {
            error = error.help(format!(
                "if nobody has to keep them, list the other databases in `compliance.databases` without `{name}`"
            ));
        }
        found.push(error);
    }
}

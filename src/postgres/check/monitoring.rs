//! Monitoring: nobody waits for metrics that nobody gives, and the exporter gets in.

use super::{Subject, run};
use crate::diagnostic::Diagnostic;
use crate::postgres::{hba, metrics};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    without_an_exporter(subject, found);
    if subject.values.metrics.enabled {
        times(subject, found);
        statements(subject, found);
        run(subject, found, &[("PG057", login)]);
    }
}

/// Rules and dashboards of an exporter that does not exist would only tell that it is missing.
fn without_an_exporter(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let monitoring = &subject.values.monitoring;
    for (enabled, key) in [
        (monitoring.service_monitor.enabled, "serviceMonitor"),
        (monitoring.prometheus_rule.enabled, "prometheusRule"),
        (monitoring.grafana_dashboard.enabled, "grafanaDashboard"),
    ] {
        if enabled && !subject.values.metrics.enabled {
            found.push(
                Diagnostic::error(format!("`monitoring.{key}` needs metrics, and there are none"))
                    .at(subject.span(&["monitoring", key, "enabled"]), "")
                    .help("set `metrics.enabled: true`"),
            );
        }
    }
}

/// Prometheus refuses a timeout that is longer than the interval.
fn times(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let monitor = &subject.values.monitoring.service_monitor;
    let (Some(interval), Some(timeout)) = (milliseconds(&monitor.interval), milliseconds(&monitor.scrape_timeout))
    else {
        return;
    };
    if timeout > interval {
        found.push(
            Diagnostic::error("an answer may not take longer than the time between two questions")
                .at(subject.span(&["monitoring", "serviceMonitor", "scrapeTimeout"]), "")
                .label(subject.span(&["monitoring", "serviceMonitor", "interval"]), "the time between them")
                .help("make `scrapeTimeout` the shorter one"),
        );
    }
}

fn milliseconds(span: &str) -> Option<u64> {
    let at = span.find(|c: char| !c.is_ascii_digit())?;
    let unit = match &span[at..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    span[..at].parse::<u64>().ok()?.checked_mul(unit)
}

/// The view of statements is there only where its extension is.
fn statements(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let name = "stat_statements";
    if subject.values.metrics.collectors.get(name) == Some(&true) && !metrics::counts_statements(subject.values) {
        found.push(
            Diagnostic::warning("nothing here counts the statements that this collector reads")
                .at(subject.span(&["metrics", "collectors", name]), "")
                .help("add `pg_stat_statements` to `postgresql.extensions`; this collector is on by itself then"),
        );
    }
}

/// A file of the user's own has to let the exporter in.
fn login(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let lines = &subject.values.postgresql.hba_override;
    if lines.is_empty() || lines.iter().any(|line| hba::rule(line).is_some_and(|rule| !rule.rejects)) {
        return;
    }
    let role = &subject.values.metrics.username;
    found.push(
        Diagnostic::error("no line of this pg_hba.conf lets the exporter in")
            .at(subject.span(&["postgresql", "hbaOverride"]), "")
            .help(format!("add `host all {role} 127.0.0.1/32 scram-sha-256`")),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_prometheus_are_read() {
        for (span, expected) in [("30s", Some(30_000)), ("5m", Some(300_000)), ("500ms", Some(500)), ("x", None)] {
            assert_eq!(milliseconds(span), expected, "{span}");
        }
    }
}

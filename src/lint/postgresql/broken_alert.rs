//! An alert whose expression cannot fire: it is empty in places, asks for a metric that the exporter has not, or divides what
//! never matches.
//!
//! Nobody notices an alert that is silent. One expression that does not parse makes the operator refuse all of the rule's.
//!
//! Use the names of the exporter that is deployed, and `ignoring` or `on` where labels differ.
//!
//! Source: the metrics of `postgres_exporter` 0.18 to 0.20.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG094", "broken-alert", Error, "broken_alert.rs", Always(check));

const GONE: [(&str, &str); 6] = [
    ("pg_replication_lag", "pg_replication_lag_seconds"),
    ("pg_stat_database_xact_commit_rate", "rate(pg_stat_database_xact_commit[5m])"),
    ("pg_stat_replication_state", ""),
    ("pg_stat_replication_sync_state", ""),
    ("pg_stat_replication_replay_lag_bytes", "pg_replication_slots_pg_wal_lsn_diff"),
    ("pg_database_size", "pg_database_size_bytes"),
];

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for rule in subject.of_kind("PrometheusRule") {
        for group in rule.at(&["spec", "groups"]).and_then(Node::as_list).unwrap_or_default() {
            for alert in group.get("rules").and_then(Node::as_list).unwrap_or_default() {
                let Some(node) = alert.get("expr") else { continue };
                if let Some((problem, hint)) = node.as_str().and_then(problem) {
                    found.push(RULE.finding(problem).at(node.span, hint));
                }
                if let Some(empty) = alert.get("for").filter(|node| node.is_null() || node.as_str() == Some("")) {
                    let place = alert.entry("for").map_or(empty.span, |entry| entry.key);
                    found.push(RULE.finding("`for` is empty").at(place, "expected a duration such as `5m`"));
                }
            }
        }
    }
}

fn problem(expression: &str) -> Option<(String, String)> {
    let compact: String = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    let open = compact.ends_with(['>', '<', '=', '+', '-', '*', '/'])
        || [">)", "> )", "<)", "< )"].iter().any(|end| compact.contains(end));
    if open {
        return Some((
            "something is missing in this expression".to_owned(),
            "an operator without a right side".to_owned(),
        ));
    }
    let words = compact.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    for word in words {
        if let Some((_, instead)) = GONE.iter().find(|(name, _)| *name == word) {
            let hint = match *instead {
                "" => "leave it out, or define it as a query of your own".to_owned(),
                instead => format!("use `{instead}`"),
            };
            return Some((format!("`postgres_exporter` has no `{word}`"), hint));
        }
    }
    let divides = compact.contains("sum by (instance)") || compact.contains("sum by(instance)");
    let matching = ["on (", "on(", "ignoring", "group_left"].iter().any(|word| compact.contains(word));
    if divides && compact.contains("/ pg_settings_") | compact.contains("/pg_settings_") && !matching {
        return Some((
            "the two sides of the division have other labels and never match".to_owned(),
            "use `/ on (instance)`".to_owned(),
        ));
    }
    None
}

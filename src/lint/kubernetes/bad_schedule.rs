//! A CronJob whose schedule is none, or never comes.
//!
//! The API server refuses it, or it never runs.
//!
//! Five fields: minute, hour, day of the month, month, day of the week.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::cron::Cron;

pub(super) static RULE: Rule = rule!("K8S033", "bad-schedule", Error, "bad_schedule.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for job in subject.of_kind("CronJob") {
        let Some(node) = job.at(&["spec", "schedule"]) else { continue };
        let Some(text) = node.as_str().filter(|text| !text.starts_with(['@', 'T', 'C'])) else { continue };
        if let Err(problem) = Cron::parse(text) {
            found.push(RULE.finding(format!("`{text}` is no schedule")).at(node.span, problem));
        }
    }
}

//! A CronJob that starts the next run while the last one is still at work.
//!
//! Two dumps at once read and write the same places and slow each other down, until none ends.
//!
//! Set `concurrencyPolicy: Forbid` and `startingDeadlineSeconds`.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S034", "concurrent-jobs", Warning, "concurrent_jobs.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for job in subject.of_kind("CronJob") {
        let policy = job.at(&["spec", "concurrencyPolicy"]);
        if policy.is_none_or(|node| node.as_str() == Some("Allow")) {
            let head = job.at(&["spec", "schedule"]).map_or(job.root().span, |node| node.span);
            let place = policy.map_or(head, |node| node.span);
            let message = format!("CronJob `{}` may run several times at once", job.name());
            found.push(RULE.finding(message).at(place, "").help("set `concurrencyPolicy: Forbid`"));
        }
    }
}

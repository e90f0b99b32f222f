//! The server gets too little time to stop.
//!
//! After the grace period the kubelet kills it. It then has to recover when it starts, and a checkpoint of many gigabytes takes
//! longer than the default of 30 seconds. A `preStop` that waits counts as well.
//!
//! Set `terminationGracePeriodSeconds` to 60 or more, and to more than what `preStop` may wait.

use crate::diagnostic::{Diagnostic, Span};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG006", "grace-period", Warning, "grace_period.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let node = server.pod.spec.get("terminationGracePeriodSeconds");
        let seconds = node.and_then(Node::as_int).unwrap_or(30);
        let place = node.map_or_else(|| Subject::head(&server.object), |node| node.span);
        if seconds < 60 {
            let message = format!("the server is killed after {seconds} s when it has not stopped by then");
            let finding = RULE.finding(message).at(place, "expected 60 or more");
            found.push(finding.help("set `terminationGracePeriodSeconds: 120`"));
            continue;
        }
        let sleep = server.container.node.at(&["lifecycle", "preStop", "sleep", "seconds"]);
        if let Some((node, waits)) =
            sleep.and_then(|node| Some((node, node.as_int()?))).filter(|(_, waits)| *waits >= seconds)
        {
            found.push(too_long(waits, seconds, node.span, place));
        }
        let command = server.container.node.at(&["lifecycle", "preStop", "exec", "command"]).and_then(Node::as_list);
        for word in command.into_iter().flatten() {
            let waits: i64 = word.as_str().map_or(0, waiting);
            if waits >= seconds {
                found.push(too_long(waits, seconds, word.span, place));
            }
        }
    }
}

fn too_long(waits: i64, seconds: i64, at: Span, place: Span) -> Diagnostic {
    let finding = RULE.finding(format!("`preStop` may wait for {waits} s of {seconds}")).at(at, "");
    finding.label(place, "the grace period").help(format!("set `terminationGracePeriodSeconds: {}`", waits + 60))
}

/// The seconds that a script names: `sleep 20`, `pg_ctl -t 60`, `--timeout 60`.
fn waiting(script: &str) -> i64 {
    let words: Vec<&str> = script.split_whitespace().collect();
    let after = |pair: &[&str]| match pair {
        ["sleep" | "-t" | "--timeout", number] => {
            number.trim_matches(|c: char| !c.is_ascii_digit()).parse::<i64>().ok()
        }
        _ => None,
    };
    words.windows(2).filter_map(after).sum()
}

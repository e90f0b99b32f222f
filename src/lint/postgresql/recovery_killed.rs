//! The liveness probe may kill the server while it recovers.
//!
//! `pg_isready` answers 1 until recovery has ended, which takes minutes after a crash under load. Killed in the middle, it begins
//! anew, for ever.
//!
//! Use a `startupProbe` that waits for ten minutes or more; the liveness probe begins after it.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::yaml::Node;

pub(super) static RULE: Rule = rule!("PG007", "recovery-killed", Error, "recovery_killed.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let container = server.container.node;
        let Some(liveness) = container.get("livenessProbe") else { continue };
        // The server listens while it recovers, so that a probe which only connects passes.
        if liveness.get("tcpSocket").is_some() {
            continue;
        }
        let patience = |probe: &Node, first: i64| {
            let number = |key: &str, default: i64| probe.get(key).and_then(Node::as_int).unwrap_or(default);
            first + number("periodSeconds", 10).saturating_mul(number("failureThreshold", 3))
        };
        let delay = liveness.get("initialDelaySeconds").and_then(Node::as_int).unwrap_or(0);
        let startup = container.get("startupProbe").filter(|startup| startup.get("tcpSocket").is_none());
        let (key, place, seconds) = match startup {
            Some(startup) => ("startupProbe", startup.span, patience(startup, 0)),
            None => ("livenessProbe", liveness.span, patience(liveness, delay)),
        };
        if seconds < 300 {
            let place = container.entry(key).map_or(place, |entry| entry.key);
            let message = format!("a server that recovers for more than {seconds} s is killed, for ever");
            found.push(
                RULE.finding(message)
                    .at(place, "")
                    .help("use a `startupProbe`: `periodSeconds: 10, failureThreshold: 90`"),
            );
        }
    }
}

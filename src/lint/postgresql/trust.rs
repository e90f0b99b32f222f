//! A line of `pg_hba.conf` that lets in without a password: `trust` over the network, or for everybody on the socket.
//!
//! Whoever reaches the port is whoever they say, the superuser included. On the socket that is every process of the pod.
//!
//! Use `scram-sha-256`; on the socket `peer` for the server's own user.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG025", "trust", Error, "trust.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        for (line, span) in &server.hba {
            let words: Vec<&str> = line.split_whitespace().collect();
            let Some(kind) = words.first() else { continue };
            let at = if *kind == "local" { 3 } else { 4 };
            let method = words.get(at).or(words.get(at + 1)).copied().unwrap_or_default();
            let method = if words.get(at + 1) == Some(&"trust") { "trust" } else { method };
            if method != "trust" {
                continue;
            }
            let loopback = words.get(3).is_some_and(|address| {
                address.starts_with("127.") || address.starts_with("::1") || *address == "localhost"
            });
            if *kind == "local" || loopback {
                let finding = RULE.finding("every process of the pod is whoever it says");
                found.push(
                    Diagnostic { severity: Severity::Warning, ..finding }.at(*span, "use `scram-sha-256` or `peer`"),
                );
            } else {
                found.push(
                    RULE.finding("whoever comes over the network is let in without a password")
                        .at(*span, "use `scram-sha-256`"),
                );
            }
        }
    }
}

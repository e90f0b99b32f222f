//! `shared_buffers` takes more than 40 % of the memory limit.
//!
//! PostgreSQL reads through the kernel's cache as well, which the limit also counts; what is held twice helps nobody, and too little
//! is left for sorts and connections.
//!
//! Use about a quarter of the limit.
//!
//! Source: PostgreSQL documentation, "Resource Consumption": more than 40 % of RAM is unlikely to work better.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::quantity::approximate;

pub(super) static RULE: Rule = rule!("PG001", "shared-buffers", Warning, "shared_buffers.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let (Some((limit, limit_place)), Some(place)) = (server.memory_limit(), server.place("shared_buffers")) else {
            continue;
        };
        let Some(buffers) = server.bytes("shared_buffers") else { continue };
        let share = buffers.saturating_mul(100) / limit.max(1);
        if share > 40 {
            let message = format!("`shared_buffers` is {share} % of the memory limit of {}", approximate(limit));
            found.push(RULE.finding(message).at(place, "expected about 25 %").label(limit_place, "the limit"));
        }
    }
}

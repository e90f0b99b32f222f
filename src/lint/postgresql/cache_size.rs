//! `effective_cache_size` is larger than the memory limit.
//!
//! The planner takes it for what is cached, and chooses index scans that then read from the disk.
//!
//! Use up to three quarters of the limit.

use crate::diagnostic::Diagnostic;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::postgres::quantity::{MIB, postgres};

pub(super) static RULE: Rule = rule!("PG003", "cache-size", Warning, "cache_size.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    for server in subject.servers() {
        let (Some((limit, limit_place)), Some(place)) = (server.memory_limit(), server.place("effective_cache_size"))
        else {
            continue;
        };
        if server.bytes("effective_cache_size").is_some_and(|size| size > limit) {
            let message = "`effective_cache_size` is more than the container can ever cache";
            let help = format!("set it to `{}`, three quarters of the limit", postgres(limit / MIB * 3 / 4 * MIB));
            found.push(RULE.finding(message).at(place, "").label(limit_place, "the limit").help(help));
        }
    }
}

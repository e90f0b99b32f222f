//! Patroni beside something that decides the same, or with times that do not fit into each other.
//!
//! Two who decide which pod writes end with two primaries. A leader whose `ttl` is shorter than its tries loses its place for no
//! reason.
//!
//! Leave the other out; keep `ttl` at `loopWait + 2 × retryTimeout` or more.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG055", "patroni", Error, "patroni.rs");

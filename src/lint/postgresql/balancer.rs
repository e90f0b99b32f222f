//! Pgpool-II with settings, roles or an image that cannot be.
//!
//! It spreads reads over standbys; without them it has nothing to spread, and roles without a known password cannot pass it.
//!
//! Use `mode: ha`, and declare the roles that come through it.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG046", "balancer", Error, "balancer.rs");

//! PgBouncer with settings that it does not know, that the chart sets itself, or without something to pool.
//!
//! It does not start with an unknown setting.
//!
//! `pgchart show values` lists what `pgbouncer` takes.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG045", "pooler", Error, "pooler.rs");

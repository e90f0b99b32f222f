//! Poolers may open more connections than the server takes.
//!
//! When all of them are busy, the next ones fail, the pooler's own checks included.
//!
//! Lower the pools or the pooler's pods, or raise `max_connections`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG066", "connections-of-poolers", Error, "connections_of_poolers.rs");

//! A route to the database without a Gateway or listener that it belongs to.
//!
//! No controller takes it up.
//!
//! Set `gateway.parentRefs`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG068", "gateway", Error, "gateway.rs");

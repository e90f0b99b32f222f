//! A disruption budget of the database that leaves no way to drain a node.
//!
//! A drain waits for ever, and the node's upgrade with it, until somebody deletes the budget in a hurry.
//!
//! Ask for one pod fewer than there are, and for no budget with a single server.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG041", "disruption-budget", Error, "disruption_budget.rs");

//! Metrics that nobody collects, or that are asked for more often than they can be answered.
//!
//! Alerts on metrics that do not come never fire.
//!
//! Set `metrics.enabled`, and let a scrape take less time than the pause between two.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG043", "metrics", Error, "metrics.rs");

//! The chart says itself that it is deprecated.
//!
//! Nobody mends it any more.
//!
//! Move to what its description names.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT004", "deprecated-chart", Warning, "deprecated_chart.rs");

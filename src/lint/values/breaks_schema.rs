//! Values that the chart's schema refuses: an unknown key, another type, a value out of bounds.
//!
//! A misspelled key does nothing, and the default that it was to replace goes to production.
//!
//! `pgchart explain VALUE.PATH` tells what a value takes.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL002", "breaks-schema", Error, "breaks_schema.rs");

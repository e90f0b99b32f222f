//! A preset that is not there, cannot be read, or cannot be made for the sizes that are asked for.
//!
//! Nothing is rendered.
//!
//! Use one of the chart's presets, a file, or `pgchart tune` to make one.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL014", "bad-preset", Error, "bad_preset.rs");

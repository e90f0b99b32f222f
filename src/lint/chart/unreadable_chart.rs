//! A chart that cannot be read: Chart.yaml, values.yaml or the schema is none, or a file is refused.
//!
//! Neither Helm nor this program renders it.
//!
//! The finding says what is wrong and where.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT001", "unreadable-chart", Error, "unreadable_chart.rs");

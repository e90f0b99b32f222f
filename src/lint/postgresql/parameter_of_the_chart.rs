//! A parameter that the chart sets itself.
//!
//! Its own scripts rely on it: where files are, who archives, how standbys follow.
//!
//! Leave it out, or take it over on purpose: add its name to `postgresql.configOverride`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG073", "parameter-of-the-chart", Error, "parameter_of_the_chart.rs");

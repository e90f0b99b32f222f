//! Volumes, containers, variables or objects of your own that collide with the chart's, or mount what is not there.
//!
//! Of two with one name Kubernetes takes one or refuses both.
//!
//! Use other names, and mount volumes that `extraVolumes` defines.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG044", "additions", Error, "additions.rs");

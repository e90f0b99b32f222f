//! Controls of `compliance` for databases that are not there, or that something else defeats.
//!
//! A control that is on and does nothing is worse than none, because people rely on it. Rows that have to be kept must not be
//! dropped earlier by another setting.
//!
//! Name databases of this release, and keep rows for as long as the control says.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG035", "compliance-controls", Error, "compliance_controls.rs");

//! Containers or volumes of your own that the restricted Pod Security Standard refuses.
//!
//! In a namespace that enforces it, no pod of the database would start.
//!
//! Drop capabilities, forbid escalation, and run as a user that is not root.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG069", "additions-not-restricted", Warning, "additions_not_restricted.rs");

//! A key that stands twice in one map.
//!
//! The last one counts, and the first one does nothing.
//!
//! Delete one of them.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL010", "duplicate-key", Warning, "duplicate_key.rs");

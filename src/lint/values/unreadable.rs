//! A values file or flag that cannot be understood.
//!
//! Nothing is rendered.
//!
//! The finding points at the first place that is no YAML, or at the flag that is none of `path=value`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL001", "unreadable", Error, "unreadable.rs");

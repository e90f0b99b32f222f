//! A map where the chart has a single value, or the other way round.
//!
//! Templates that read a part of it fail, or print the whole.
//!
//! Give it the form that the default has.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL006", "other-kind", Warning, "other_kind.rs");

//! A template reads something that is not there.
//!
//! Helm would print nothing, and the manifest would say something else than was meant.
//!
//! Give it a value in values.yaml, or test `… is defined` first.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL002", "undefined", Error, "undefined.rs");

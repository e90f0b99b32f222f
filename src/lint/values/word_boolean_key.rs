//! A key that YAML 1.1 reads as a boolean.
//!
//! The key is then called `true` or `false`.
//!
//! Quote the key.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL008", "word-boolean-key", Warning, "word_boolean_key.rs");

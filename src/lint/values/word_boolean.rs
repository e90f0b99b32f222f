//! A word that YAML 1.1 reads as a boolean: `on`, `off`, `yes`, `no`, `y`, `n`.
//!
//! Helm reads it as one; other tools read text. A country code `NO` becomes `false`.
//!
//! Write `true` or `false`, or quote it.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL007", "word-boolean", Warning, "word_boolean.rs");

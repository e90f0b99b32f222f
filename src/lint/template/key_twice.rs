//! One object has a key twice.
//!
//! Helm passes it, and one of the two is lost, which one depends on the reader.
//!
//! Leave one out, or merge what both hold.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL005", "key-twice", Error, "key_twice.rs");

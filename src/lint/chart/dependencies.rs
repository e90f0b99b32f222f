//! Dependencies that do not resolve as they say: a condition that is no boolean, an import of a table that is not there.
//!
//! The subchart is on although it was to be off, or its values are missing.
//!
//! Name a path that holds `true` or `false`, and tables that the subchart has.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT003", "dependencies", Warning, "dependencies.rs");

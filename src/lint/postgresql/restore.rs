//! A restore that nobody confirmed, or into a database that is not declared.
//!
//! It replaces what is there.
//!
//! Repeat the name of the database in `backup.restore.confirm`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG064", "restore", Error, "restore.rs");

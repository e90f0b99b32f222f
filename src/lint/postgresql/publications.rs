//! Publications that are declared twice, publish nothing, or need more than `wal_level` writes.
//!
//! Nothing reaches the subscriber.
//!
//! Use `wal_level: logical`, and name tables or schemas.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG058", "publications", Error, "publications.rs");

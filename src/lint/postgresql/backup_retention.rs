//! Backups that are never removed, or fewer that stay than should.
//!
//! The volume fills, or a month later nothing is left to restore from.
//!
//! Say how many stay and for how long: `backup.retention`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG062", "backup-retention", Error, "backup_retention.rs");

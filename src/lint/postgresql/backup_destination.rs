//! Backups without a place, without a key, or with options that the chart sets itself.
//!
//! A backup that has nowhere to go is noticed when it is needed.
//!
//! Say where: `backup.destination` and what belongs to it. Name the Secret with the key of encrypted backups.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG048", "backup-destination", Error, "backup_destination.rs");

//! Backups that would read from a standby which is not there, or which ends them.
//!
//! A standby cancels a dump that holds replay up longer than `max_standby_streaming_delay`.
//!
//! Have standbys and their Service, and raise that delay to what a dump takes.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG063", "backup-source", Error, "backup_source.rs");

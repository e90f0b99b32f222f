//! An archive of the log that has no volume for all servers, no schedule, or a second one beside it.
//!
//! The server hands each segment to one archive only.
//!
//! Give the archive a volume with `ReadWriteMany` when there are standbys, and leave pgBackRest off.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG050", "log-archive", Error, "log_archive.rs");

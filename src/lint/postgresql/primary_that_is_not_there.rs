//! The primary is a pod that does not exist, or values ask for what only standbys could give.
//!
//! Without a writable pod the Service leads nowhere.
//!
//! Use a number from 0 to `replication.readReplicas`, or set `mode: ha`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG039", "primary-that-is-not-there", Error, "primary_that_is_not_there.rs");

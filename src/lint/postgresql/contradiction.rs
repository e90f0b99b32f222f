//! Settings that contradict each other, so that the server does not start or one of them is not what it says.
//!
//! Reserved connections that leave none, `min_wal_size` above `max_wal_size`, `wal_level` minimal with standbys or an archive.
//!
//! Change one of the two that the finding names.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG052", "contradiction", Error, "contradiction.rs");

//! An upgrade from a version that is no older one, from an unknown image, or without a volume.
//!
//! The old server's programs have to read the old database before the new one can take it over.
//!
//! Name the version that the database is of in `upgrade.from`, and its image when you use one of your own.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG040", "upgrade-that-cannot-be", Error, "upgrade_that_cannot_be.rs");

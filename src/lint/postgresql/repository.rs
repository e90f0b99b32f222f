//! pgBackRest without a repository that every server reaches, or with settings that cannot be.
//!
//! Archiving fails until it is mended, and the log fills its volume meanwhile.
//!
//! Name bucket, endpoint and credentials, or a volume that all servers can mount.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG049", "repository", Error, "repository.rs");

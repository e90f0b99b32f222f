//! Several servers share one claim, or none has a volume.
//!
//! Two servers on one data directory destroy it. A primary that comes back empty makes its standbys follow an empty database.
//!
//! Leave `existingClaim` empty: each pod gets a claim of its own.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG056", "volumes-of-standbys", Error, "volumes_of_standbys.rs");

//! `dnsPolicy: None` without name servers.
//!
//! Standbys find their primary by name, and poolers their server.
//!
//! Name servers in `dnsConfig`, or leave the policy out.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG054", "nobody-resolves-names", Error, "nobody_resolves_names.rs");

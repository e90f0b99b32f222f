//! A comment that is to take back a finding has no reason, no rule, or one that does not exist.
//!
//! It takes nothing back. A year later the reason is all that tells whether the exception still holds:
//!
//! ```yaml
//! # pgchart: ignore K8S024 because the node's disk is what this gateway has
//! hostPath: {path: /data}
//! ```
//!
//! Several rules are separated by commas; `# pgchart: ignore-file RULE because …` counts for the whole file. In templates
//! `{# pgchart: ignore … #}` works as well. A file of somebody else's is passed over with
//! `# pgchart: ignore-file LNT002 because …` on a line of its own.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("LNT002", "suppression-without-reason", Warning, "without_reason.rs");

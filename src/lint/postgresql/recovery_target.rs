//! A recovery with a target that does not fit its type.
//!
//! The server would recover to the end, past the mistake that was to be undone, or not start.
//!
//! Times are `2026-11-28 02:00:00+00`, positions `0/3000060`, transactions numbers.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG065", "recovery-target", Error, "recovery_target.rs");

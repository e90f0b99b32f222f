//! A comment takes back a finding that is not there.
//!
//! What it was written for has been mended, or the line has moved. Left standing it would hide the next mistake of that
//! kind, and nobody would know.
//!
//! Delete the comment, or move it to the line that is meant: it counts for the line it stands on, or alone on a line for the
//! next one.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("LNT001", "unused-suppression", Warning, "unused.rs");

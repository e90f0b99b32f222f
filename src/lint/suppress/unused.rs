//! A comment takes back a finding that is not there.
//!
//! What it was written for has been mended, or the line has moved. Left standing it would hide the next mistake of that
//! kind, and nobody would know. While something does not render, rules do not see everything, and no comment is told.
//!
//! Delete the comment, or move it to the line that is meant: it counts for the line it stands on, or alone on a line for the
//! next one. A file that several charts share says that some of its comments may be idle:
//!
//! ```yaml
//! # pgchart: ignore PG006, LNT001 because only the chart for the line sets this
//! ```

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("LNT001", "unused-suppression", Warning, "unused.rs");

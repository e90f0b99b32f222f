//! Tests of the release that ask for more than the server gives.
//!
//! They would fail on a healthy database.
//!
//! Use fewer clients than there are free connections.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG047", "release-tests", Error, "release_tests.rs");

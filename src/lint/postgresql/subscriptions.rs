//! Subscriptions that are declared twice, or whose connection nobody verifies.
//!
//! Rows and the password travel to whoever answers.
//!
//! Use `sslMode: verify-full` with the publisher's CA.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG059", "subscriptions", Error, "subscriptions.rs");

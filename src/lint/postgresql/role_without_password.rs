//! A role that logs in and has no password.
//!
//! Nobody could log in as it, and SCRAM needs a verifier.
//!
//! Name a Secret with its password, or let the chart derive it.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG072", "role-without-password", Error, "role_without_password.rs");

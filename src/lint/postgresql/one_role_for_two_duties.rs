//! A role of the chart's own has the name of another role.
//!
//! Standbys, backups, metrics and poolers log in as roles with the rights of their duty. Sharing one gives each the rights of both.
//!
//! Give each a name of its own.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG038", "one-role-for-two-duties", Error, "one_role_for_two_duties.rs");

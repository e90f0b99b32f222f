//! A setting of a role or database that is wrong, or that belongs to the whole server.
//!
//! `ALTER ROLE … SET` is refused, and the declaration stops there.
//!
//! Put settings of the whole server into `postgresql.config`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG060", "settings-of-roles", Error, "settings_of_roles.rs");

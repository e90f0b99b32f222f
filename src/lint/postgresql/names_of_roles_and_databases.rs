//! A role or database that is declared twice, too long, reserved, or owned by nobody who is declared.
//!
//! PostgreSQL cuts names after 63 bytes and keeps `pg_…` for itself; of two declarations one would undo the other.
//!
//! Use other names, and declare owners in `postgresql.roles`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG036", "names-of-roles-and-databases", Error, "names_of_roles_and_databases.rs");

//! A privilege that there is not, for the kind of object that is named, or for a role or database that is not declared.
//!
//! `SELECT` is a privilege of tables, not of databases; PostgreSQL refuses the statement and the declaration stops there.
//!
//! Grant what the kind of object has: `CONNECT`, `CREATE` and `TEMPORARY` for databases, `USAGE` for schemas.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG037", "privileges", Error, "privileges.rs");

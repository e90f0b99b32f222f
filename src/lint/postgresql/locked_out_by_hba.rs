//! A `pg_hba.conf` of your own has no line for somebody who has to log in.
//!
//! The first line that matches decides, and without one the server refuses. `all` does not stand for `replication`.
//!
//! Add the line that the finding shows.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG057", "locked-out-by-hba", Error, "locked_out_by_hba.rs");

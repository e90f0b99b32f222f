//! Databases of `industrial` that cannot be as the values ask.
//!
//! Sample data without a database, extensions that the image lacks, or compression that would begin after rows are dropped.
//!
//! Switch a database on, use an image with the extension, or let rows be dropped later than they are compressed.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG034", "factory-databases", Error, "factory_databases.rs");

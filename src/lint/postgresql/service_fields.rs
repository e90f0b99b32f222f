//! Fields of the database's Services that do not fit together.
//!
//! The API server refuses them, or a load balancer gets settings that it ignores.
//!
//! Set the `type` that the field is for, or leave the field out.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG042", "service-fields", Error, "service_fields.rs");

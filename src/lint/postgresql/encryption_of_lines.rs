//! Lines of `pg_hba.conf` that encryption makes useless or contradicts.
//!
//! A `hostssl` line never matches without TLS; a `host` line lets plain text in where `tls.required` is to refuse it.
//!
//! Use `hostssl` with TLS and `host` without.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG071", "encryption-of-lines", Warning, "encryption_of_lines.rs");

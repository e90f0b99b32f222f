//! A hook annotation that names no event.
//!
//! Helm drops the whole object without a word.
//!
//! Use `pre-install`, `post-install`, `pre-upgrade`, `post-upgrade`, `pre-rollback`, `post-rollback`, `pre-delete`, `post-delete` or
//! `test`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL012", "unknown-hook", Warning, "unknown_hook.rs");

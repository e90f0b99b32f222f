//! A template that stops: by `fail` or `required`, a wrong argument, or because it does not end.
//!
//! Nothing is deployed.
//!
//! Read the message: it is the template's own, or names the call.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL003", "render-failure", Error, "render_failure.rs");

//! A template that does not parse.
//!
//! Nothing is rendered.
//!
//! Close what is open: every `{% if %}` has an `{% endif %}`, every `{{` a `}}`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL001", "syntax-error", Error, "syntax_error.rs");

//! A number with a leading zero, which is read as octal.
//!
//! `0644` becomes 420. For a file mode that is what Kubernetes wants; for anything else it is not what it says.
//!
//! Write the number in decimal, or quote it.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("VAL009", "octal", Warning, "octal.rs");

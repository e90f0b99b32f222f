//! Two objects of one kind have one name in one namespace.
//!
//! The later one replaces the earlier one, or the release fails half way.
//!
//! Give one of them another name, or leave it out.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("K8S007", "rendered-twice", Error, "rendered_twice.rs");

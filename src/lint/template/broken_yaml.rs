//! What was rendered is no YAML, or no object.
//!
//! Neither `kubectl` nor Helm can read it. The finding points at the template line that wrote it.
//!
//! Indent what a template prints: `{{ toYaml(x) | nindent(4) }}`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("TPL004", "broken-yaml", Error, "broken_yaml.rs");

//! Templates: what fails, what is never used, and what renders something else tomorrow.

mod broken_yaml;
mod fixed_namespace;
mod key_twice;
mod lookup;
mod missing_template;
mod nondeterministic;
mod render_failure;
mod syntax;
mod syntax_error;
mod undeclared_value;
mod undefined;
mod unknown_hook;
mod unused_import;
mod unused_macro;
mod yaml_without_indentation;

pub(super) use syntax::{Parsed, parse, random_in_secrets, reads_all_values};

use super::rule::Rule;

/// The rules of this family.
pub(super) const RULES: &[&Rule] = &[
    &syntax_error::RULE,
    &undefined::RULE,
    &render_failure::RULE,
    &broken_yaml::RULE,
    &key_twice::RULE,
    &unused_macro::RULE,
    &missing_template::RULE,
    &nondeterministic::RULE,
    &yaml_without_indentation::RULE,
    &undeclared_value::RULE,
    &unused_import::RULE,
    &unknown_hook::RULE,
    &lookup::RULE,
    &fixed_namespace::RULE,
];

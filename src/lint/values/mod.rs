//! Values: spellings that mean something else, keys that nobody reads, and secrets in clear text.

mod bad_preset;
mod breaks_schema;
mod duplicate_key;
mod null_without_default;
mod octal;
mod other_kind;
mod reading;
mod secret_in_values;
mod shadowed;
mod unknown_value;
mod unreadable;
mod unused_value;
mod word_boolean;
mod word_boolean_key;
mod wrong_unit;

use super::rule::Rule;

/// The rules of this family.
pub(super) const RULES: &[&Rule] = &[
    &unreadable::RULE,
    &breaks_schema::RULE,
    &unknown_value::RULE,
    &unused_value::RULE,
    &shadowed::RULE,
    &other_kind::RULE,
    &word_boolean::RULE,
    &word_boolean_key::RULE,
    &octal::RULE,
    &duplicate_key::RULE,
    &null_without_default::RULE,
    &wrong_unit::RULE,
    &secret_in_values::RULE,
    &bad_preset::RULE,
];

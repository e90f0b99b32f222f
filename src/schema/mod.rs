//! What values may be: the types of the built-in chart's values, the JSON schema that they make, the check of
//! values against a chart's schema, and descriptions for people.

mod describe;
mod fit;
mod generate;
mod message;
mod redact;
#[cfg(test)]
mod tests;
pub mod types;
mod validate;
mod words;

pub use describe::{Description, describe, paths};
pub use generate::{builtin, builtin_text};
pub use validate::validate;

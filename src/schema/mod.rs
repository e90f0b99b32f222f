//! What values may be: the types of the built-in chart's values, the JSON schema that they make, the check of
//! values against a chart's schema, and descriptions for people.

mod describe;
mod effort;
mod files;
mod fit;
mod formats;
mod generate;
mod message;
mod pattern;
mod prepare;
mod quick;
mod redact;
#[cfg(test)]
mod tests;
pub mod types;
mod url;
mod validate;
mod words;

pub use describe::{Description, describe, paths};
pub use generate::{builtin, builtin_text};
pub use quick::fits;
pub use validate::validate;

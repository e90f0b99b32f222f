//! Secrets: the key of a release's passwords, passwords derived from it, and SCRAM verifiers. The same inputs give the
//! same bytes, so rendering twice never locks anybody out.

mod derive;
mod key;
mod scram;

pub use derive::{Purpose, password, salt, seed, seed_of_text};
pub use key::{Environment, Found, KeyError, SecretKey};
pub use scram::{ITERATIONS, verifier};

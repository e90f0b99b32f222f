//! An ExternalSecret without a store, or without a key that the pods read.
//!
//! The Secret never appears, or pods wait for a key that it lacks.
//!
//! Set `externalSecrets.secretStoreRef.name`, and say where each key comes from.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG070", "external-secret", Error, "external_secret.rs");

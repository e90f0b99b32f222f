//! Encryption is on and nobody provides the certificate, its issuer or the CA that is needed.
//!
//! The pod would wait for a Secret that never comes, or the server would not start.
//!
//! Name the Secret in `tls.secretName`, or the issuer for cert-manager.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG051", "certificates", Error, "certificates.rs");

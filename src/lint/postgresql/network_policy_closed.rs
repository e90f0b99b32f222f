//! The network policy keeps out somebody who is meant to come in.
//!
//! A load balancer or a pooler of another namespace is refused without a message.
//!
//! Name who may come: `networkPolicy`.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG067", "network-policy-closed", Warning, "network_policy_closed.rs");

//! A security profile on the node that is not named, or a name that nothing uses.
//!
//! The kubelet refuses the pod.
//!
//! Set `localhostProfile` together with `type: Localhost`, or neither.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("PG053", "profile-without-a-name", Error, "profile_without_a_name.rs");

//! The chart is made for other versions of Kubernetes than the cluster's.
//!
//! Helm refuses to install it. `--kube-version` says which cluster is meant.
//!
//! Widen `kubeVersion` when the chart works there; a provider's suffix (`-gke.1`) is passed over.

use crate::lint::rule::{Rule, rule};

pub(super) static RULE: Rule = rule!("CHT002", "kubernetes-version", Error, "kubernetes_version.rs");

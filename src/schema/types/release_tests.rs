//! Tests of a release: Jobs that try it out in its cluster.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, Resources, Scalar, Texts, form};

/// A Job that tries the release out, as clients meet it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ReleaseTests {
    /// Whether there is one.
    pub enabled: bool,
    /// Who starts it.
    pub mode: TestMode,
    /// The role that compares settings and counts standbys; it reads these and nothing else.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// Seconds that servers get to start before the tests begin.
    #[schemars(range(min = 1, max = 86400))]
    pub wait_seconds: u32,
    /// A load for some time; it shows what the machine can do, and takes that from everybody else.
    pub pgbench: Pgbench,
    /// CPU and memory of the Job.
    pub resources: Resources,
    /// Labels of the nodes that its pod may run on.
    #[schemars(transform = form::labels)]
    pub node_selector: Texts,
    /// Taints that its pod tolerates, as in a pod's spec.
    pub tolerations: Vec<Object>,
}

/// Who starts the tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TestMode {
    /// `helm test` does: it is a hook.
    #[default]
    Hook,
    /// Whoever applies the release does: it is one of its Jobs, named after its content, so that a release that changed is tried
    /// again.
    Job,
}

/// A load for some time.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pgbench {
    /// Whether there is one.
    pub enabled: bool,
    /// How long it lasts, in seconds.
    #[schemars(range(min = 1, max = 86400))]
    pub seconds: u32,
    /// How many clients there are.
    #[schemars(range(min = 1, max = 10_000))]
    pub clients: u32,
    /// How much there is to read and write: 16 MB each.
    #[schemars(range(min = 1, max = 100_000))]
    pub scale: u32,
}

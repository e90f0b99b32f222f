//! The way from one major version to another.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, form};

/// An upgrade to another major version, by dump and restore.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Upgrade {
    /// The major version that the volume holds; nothing happens once it holds `postgresql.version`.
    #[schemars(extend("enum" = [15, 16, 17, "15", "16", "17", null]))]
    pub from: Option<Scalar>,
    /// An image of that version; derived for the official image when empty.
    #[schemars(transform = form::text(form::IMAGE))]
    pub image: Option<String>,
    /// How many tables are dumped and restored at a time.
    #[schemars(range(min = 1, max = 64))]
    pub jobs: u32,
    /// Whether the old database stays on the volume until somebody deletes it.
    pub keep_old: bool,
}

//! The server's image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Scalar;

/// An image and what is known of it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Image {
    /// The registry's host; `global.imageRegistry` wins.
    pub registry: String,
    /// The repository in the registry, such as `postgres` or `postgis/postgis`.
    pub repository: String,
    /// The tag; derived from `postgresql.version` for the official image when empty.
    pub tag: Option<Scalar>,
    /// A digest such as `sha256:…`; it wins over the tag.
    #[schemars(regex(pattern = "^$|^sha256:[0-9a-f]{64}$"))]
    pub digest: Option<String>,
    /// When the node pulls the image.
    pub pull_policy: PullPolicy,
    /// Names of Secrets with registry credentials.
    pub pull_secrets: Vec<String>,
    /// User ID of the server in the image; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub uid: Option<u32>,
    /// Group ID of the server in the image; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub gid: Option<u32>,
    /// Extensions that the image brings; known for the usual images.
    pub extensions: Option<Vec<String>>,
}

/// When a node pulls an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum PullPolicy {
    /// Always.
    Always,
    /// When the node does not have it.
    #[default]
    IfNotPresent,
    /// Never.
    Never,
}

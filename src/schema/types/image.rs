//! The server's image.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Scalar, form};

/// An image and what is known of it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Image {
    /// The registry's host; `global.imageRegistry` wins.
    #[schemars(transform = form::text(form::REGISTRY))]
    pub registry: String,
    /// The repository in the registry, such as `postgres` or `postgis/postgis`.
    #[schemars(transform = form::text(form::REPOSITORY))]
    pub repository: String,
    /// The tag, such as `16-bookworm`; quote tags with a dot. Derived from `postgresql.version` for the official image when empty.
    #[schemars(transform = form::text_or_integer(form::TAG))]
    pub tag: Option<Scalar>,
    /// A digest such as `sha256:…`; it wins over the tag.
    #[schemars(transform = form::text(form::DIGEST))]
    pub digest: Option<String>,
    /// When the node pulls the image.
    pub pull_policy: PullPolicy,
    /// Names of Secrets with registry credentials.
    #[schemars(transform = form::list(form::OBJECT_NAME))]
    pub pull_secrets: Vec<String>,
    /// User ID of the server in the image; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub uid: Option<u32>,
    /// Group ID of the server in the image; known for the usual images.
    #[schemars(range(min = 1, max = 2_147_483_647))]
    pub gid: Option<u32>,
    /// Extensions that the image brings; known for the usual images.
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub extensions: Option<Vec<String>>,
    /// Whether the image brings Patroni 4 or newer; known for the usual images.
    pub patroni: Option<bool>,
    /// Whether the image brings pgBackRest; known for the usual images.
    pub pgbackrest: Option<bool>,
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

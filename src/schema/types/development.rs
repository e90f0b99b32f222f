//! Tools for developers.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PullPolicy, Resources, Scalar, Texts, form};

/// Tools for developers; nothing for production.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Development {
    /// Whether there are any.
    pub enabled: bool,
    /// Whether the databases of `industrial` get machines, tags and a day of readings when they are made.
    pub sample_data: bool,
    /// pgAdmin, which knows this database.
    pub pgadmin: Pgadmin,
}

/// pgAdmin, which knows this database.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Pgadmin {
    /// Whether it is among the tools.
    pub enabled: bool,
    /// Its image.
    pub image: ToolImage,
    /// The address that it is logged in to with.
    #[schemars(transform = form::text(form::EMAIL))]
    pub email: String,
    /// The password that it is logged in to with; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// CPU and memory of it.
    pub resources: Resources,
    /// The Service in front of it.
    pub service: ToolService,
    /// The way to it from outside the cluster.
    pub ingress: Ingress,
}

/// An image of which nothing else needs to be known.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ToolImage {
    /// The registry's host; `global.imageRegistry` wins.
    #[schemars(transform = form::text(form::REGISTRY))]
    pub registry: String,
    /// The repository in the registry.
    #[schemars(transform = form::text(form::REPOSITORY))]
    pub repository: String,
    /// The tag; quote tags with a dot.
    #[schemars(transform = form::text_or_integer(form::TAG))]
    pub tag: Option<Scalar>,
    /// A digest such as `sha256:…`; it wins over the tag.
    #[schemars(transform = form::text(form::DIGEST))]
    pub digest: Option<String>,
    /// When the node pulls the image.
    pub pull_policy: PullPolicy,
}

/// The Service in front of a tool.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ToolService {
    /// Its port.
    #[schemars(range(min = 1, max = 65535))]
    pub port: u16,
}

/// The way to a web page from outside the cluster.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Ingress {
    /// Whether there is an Ingress.
    pub enabled: bool,
    /// The class of its controller; the cluster's default when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub class_name: Option<String>,
    /// The name that browsers ask for; any when empty.
    #[schemars(transform = form::text(form::OPTIONAL_HOST))]
    pub host: Option<String>,
    /// The Secret with the certificate; plain HTTP when empty.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub tls_secret_name: Option<String>,
    /// Annotations beyond the common ones.
    #[schemars(transform = form::annotations)]
    pub annotations: Texts,
}

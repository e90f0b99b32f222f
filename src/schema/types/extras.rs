//! What users bring along: passwords from elsewhere, and a pod that only waits for them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Object, form};

/// The pod sleeps instead of serving, with every volume mounted.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DiagnosticMode {
    /// Whether it does.
    pub enabled: bool,
}

/// The Secret with the passwords is made by the External Secrets operator.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ExternalSecrets {
    /// Whether it is; the chart then makes none.
    pub enabled: bool,
    /// The store that holds the passwords.
    pub secret_store_ref: SecretStoreRef,
    /// How often the store is asked, such as `1h`.
    #[schemars(transform = form::text(form::DURATION))]
    pub refresh_interval: String,
    /// The place of each key of the Secret in the store.
    #[schemars(transform = form::keys(form::DATA_KEY))]
    pub data: BTreeMap<String, RemoteRef>,
    /// Sources of many keys at once, as in an ExternalSecret.
    pub data_from: Vec<Object>,
}

/// The store that holds the passwords.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SecretStoreRef {
    /// Its name.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub name: String,
    /// Whether it serves one namespace or all.
    pub kind: StoreKind,
}

/// Whether a store serves one namespace or all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum StoreKind {
    /// One.
    #[default]
    SecretStore,
    /// All.
    ClusterSecretStore,
}

/// A place in the store.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoteRef {
    /// The name of the entry.
    pub key: String,
    /// The part of the entry.
    #[serde(default)]
    pub property: Option<String>,
    /// The version of the entry; the latest when not set.
    #[serde(default)]
    pub version: Option<String>,
}

//! What is declared to be in the databases: privileges, schemas; and who brings the server to it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Resources, Scalar, form};

/// Brings the server to what `postgresql` declares while it runs.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Declaration {
    /// CPU and memory of the container that does it, beside each server.
    pub resources: Resources,
    /// A Job that waits until exactly this declaration is in force, and fails when it cannot be applied.
    pub job: DeclarationJob,
    /// The role that the Job asks with; it may read how the declaration went, and nothing else.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// Its password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
}

/// A Job that waits until exactly this declaration is in force.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DeclarationJob {
    /// Whether there is one, with a name that changes with what is declared.
    pub enabled: bool,
    /// Seconds that it waits.
    #[schemars(range(min = 30, max = 86400))]
    pub timeout_seconds: u32,
}

/// Settings by name.
pub type Settings = BTreeMap<String, Scalar>;

/// A schema.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DeclaredSchema {
    /// Its name.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub name: String,
    /// The database that it is in; the application's when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub database: Option<String>,
    /// The role that owns it; the owner of the database when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub owner: Option<String>,
}

/// Privileges of a role on some objects.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Privilege {
    /// The role; `public` is everybody.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub role: String,
    /// The database that the objects are in; the application's when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub database: Option<String>,
    /// What kind of objects they are.
    pub objects: ObjectKind,
    /// The schema of tables, sequences and functions; `public` when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub schema: Option<String>,
    /// The objects' names; all of the schema when empty, also those that are yet to be created.
    #[serde(default)]
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub names: Vec<String>,
    /// The privileges, such as `SELECT`.
    pub grant: Vec<Right>,
    /// Whether the role may give them to others.
    #[serde(default)]
    pub grantable: bool,
    /// Whose new objects are meant, too, when no names are given; the owner of the database when empty.
    #[serde(default)]
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub created_by: Vec<String>,
}

/// What a privilege is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ObjectKind {
    /// The database.
    #[default]
    Database,
    /// Schemas.
    Schemas,
    /// Tables and views.
    Tables,
    /// Sequences.
    Sequences,
    /// Functions and procedures.
    Functions,
}

/// A privilege.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Right {
    /// All that there are for the kind of objects.
    All,
    /// On a database.
    Connect,
    /// On a database or a schema.
    Create,
    /// On a database: temporary tables.
    Temporary,
    /// On a schema or a sequence.
    Usage,
    /// On tables and sequences.
    Select,
    /// On tables.
    Insert,
    /// On tables and sequences.
    Update,
    /// On tables.
    Delete,
    /// On tables.
    Truncate,
    /// On tables: foreign keys to them.
    References,
    /// On tables.
    Trigger,
    /// On tables, from 17 on: `VACUUM`, `ANALYZE`, `REINDEX` and the like.
    Maintain,
    /// On functions.
    Execute,
}

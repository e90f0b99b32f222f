//! Logical replication: what a database publishes, and what it subscribes to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::form;

/// Changes of tables that other servers may follow.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Publication {
    /// Its name.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub name: String,
    /// The database that the tables are in; the application's when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub database: Option<String>,
    /// The tables, such as `orders` (of schema public) or `sales.orders`.
    #[serde(default)]
    #[schemars(transform = form::list(form::TABLE))]
    pub tables: Vec<String>,
    /// Schemas whose tables are all meant, also those that are yet to be created.
    #[serde(default)]
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub schemas: Vec<String>,
    /// Whether all tables of the database are meant, also those that are yet to be created.
    #[serde(default)]
    pub all_tables: bool,
    /// Which changes; all kinds when empty.
    #[serde(default)]
    pub publish: Vec<Change>,
    /// Whether changes of partitions are those of the partitioned table.
    #[serde(default)]
    pub via_partition_root: bool,
}

/// A kind of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// New rows.
    Insert,
    /// Changed rows; the table needs a primary key or another replica identity.
    Update,
    /// Rows that go; the table needs a primary key or another replica identity.
    Delete,
    /// Tables that are emptied.
    Truncate,
}

/// Publications of another server that a database follows.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscription {
    /// Its name; also that of its slot in the publisher.
    #[schemars(transform = form::text(form::SLOT))]
    pub name: String,
    /// The database that has the tables; the application's when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub database: Option<String>,
    /// The publications.
    #[schemars(length(min = 1), transform = form::list(form::IDENTIFIER))]
    pub publications: Vec<String>,
    /// Where they are.
    pub publisher: Publisher,
    /// Whether what is there already is copied first; true when not given. It counts when the subscription is made.
    #[serde(default)]
    pub copy_data: Option<bool>,
    /// Whether changes are followed; true when not given. While they are not, the publisher keeps them.
    #[serde(default)]
    pub enabled: Option<bool>,
}

/// The server of a publication.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Publisher {
    /// Its name or address.
    #[schemars(transform = form::text(form::PUBLISHER))]
    pub host: String,
    /// Its port; 5432 when not given.
    #[serde(default)]
    #[schemars(range(min = 1, max = 65535))]
    pub port: Option<u16>,
    /// Its database.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub database: String,
    /// The role to log in as; it needs REPLICATION, and SELECT on the tables.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// The Secret with its password.
    #[schemars(transform = form::text(form::SECRET_NAME))]
    pub existing_secret: String,
    /// The key in that Secret; `password` when not given.
    #[serde(default)]
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub secret_key: Option<String>,
    /// What is asked of the connection, as libpq has it; `require` when not given.
    #[serde(default)]
    pub sslmode: Option<SslMode>,
    /// The file of the publisher's CA, for `verify-ca` and `verify-full`, where a volume of `extraVolumes` brings it; the system's list
    /// when empty, which libpq knows from 16 on.
    #[serde(default)]
    #[schemars(transform = form::text(form::ABSOLUTE_PATH))]
    pub root_certificate: Option<String>,
}

/// What a client asks of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SslMode {
    /// Plain text.
    Disable,
    /// Encryption where the server offers it.
    Prefer,
    /// Encryption, of whomever it may be.
    Require,
    /// A certificate of a known CA.
    VerifyCa,
    /// That, for this name.
    VerifyFull,
}

impl SslMode {
    /// As libpq has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

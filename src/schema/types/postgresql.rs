//! The database server and what is in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DeclaredSchema, Privilege, Publication, Scalar, Settings, Subscription, form};

/// The database server.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Postgresql {
    /// Major version: 15, 16, 17 or 18.
    #[schemars(extend("enum" = [15, 16, 17, 18, "15", "16", "17", "18"]))]
    pub version: Option<Scalar>,
    /// The application's database.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub database: String,
    /// The role that owns the application's database; it is no superuser.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub username: String,
    /// The application role's password; derived when empty.
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// The superuser's password; it serves local connections only. Derived when empty.
    #[schemars(transform = form::password)]
    pub postgres_password: Option<Scalar>,
    /// A Secret that holds the passwords; nothing is generated then.
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The keys of the Secret.
    pub secret_keys: SecretKeys,
    /// Server parameters, such as `work_mem: 32MB`; checked against the chosen major version. Null means unset.
    pub config: BTreeMap<String, Option<Scalar>>,
    /// Names of parameters that the chart manages and `config` may set all the same.
    pub config_override: Vec<String>,
    /// Lines of `pg_hba.conf` between the superuser's and those for everybody else.
    pub hba: Vec<String>,
    /// Replaces the generated `pg_hba.conf`.
    pub hba_override: Vec<String>,
    /// SQL files (name: text) that run once, in the order of their names, in the application's database, as superuser.
    #[schemars(transform = form::keys(form::DATA_KEY))]
    pub init_scripts: BTreeMap<String, String>,
    /// Databases beyond the application's.
    pub databases: Vec<Database>,
    /// Roles beyond the application's.
    pub roles: Vec<Role>,
    /// Schemas beyond `public`.
    pub schemas: Vec<DeclaredSchema>,
    /// What roles may do with what. What is no longer declared is revoked; what somebody else granted stays.
    pub privileges: Vec<Privilege>,
    /// Changes of tables that other servers may follow. What is no longer declared is dropped.
    pub publications: Vec<Publication>,
    /// Publications of other servers that databases follow, once the server runs. What is no longer declared is dropped, with its
    /// slot in the publisher.
    pub subscriptions: Vec<Subscription>,
    /// Settings of sessions in the application's database, such as `statement_timeout: 30s`.
    #[schemars(transform = form::keys(form::PARAMETER))]
    pub database_config: Settings,
    /// Extensions of the application's database.
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub extensions: Vec<String>,
    /// How a new cluster is made.
    pub initdb: Initdb,
}

/// The keys of the Secret with the passwords.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SecretKeys {
    /// Key of the application role's password.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub password: String,
    /// Key of the superuser's password.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub postgres_password: String,
    /// Key of the replication role's password.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub replication_password: String,
    /// Key of the password for changing Patroni's cluster over the network.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub patroni_password: String,
    /// Key of the password of the exporter's role.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub metrics_password: String,
    /// Key of the password of the role that waits for declarations.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub declaration_password: String,
    /// Key of the pooler's password.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub pooler_password: String,
    /// Key of the password of the role that looks at servers for Pgpool-II.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub pgpool_password: String,
    /// Key of the password of the upkeep's role.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub upkeep_password: String,
    /// Key of the password of the role that anchors.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub anchor_password: String,
    /// Key of the password of the tests' role.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub tests_password: String,
    /// Key of the password of the role that dumps.
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub backup_password: String,
}

/// A database.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Database {
    /// Its name.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub name: String,
    /// The role that owns it; the application role when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::OPTIONAL_IDENTIFIER))]
    pub owner: Option<String>,
    /// Its extensions.
    #[serde(default)]
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub extensions: Vec<String>,
    /// Its encoding; the cluster's when empty.
    #[serde(default)]
    pub encoding: Option<String>,
    /// Its locale; the cluster's when empty.
    #[serde(default)]
    pub locale: Option<String>,
    /// Most connections at a time; -1 means no limit.
    #[serde(default)]
    #[schemars(range(min = -1))]
    pub connection_limit: Option<i32>,
    /// Settings of its sessions.
    #[serde(default)]
    #[schemars(transform = form::keys(form::PARAMETER))]
    pub config: Settings,
}

/// A role.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is an attribute of a role as the server has it")]
pub struct Role {
    /// Its name.
    #[schemars(transform = form::text(form::IDENTIFIER))]
    pub name: String,
    /// Whether it can log in; true when not given.
    #[serde(default)]
    pub login: Option<bool>,
    /// Roles that it is a member of.
    #[serde(default)]
    #[schemars(transform = form::list(form::IDENTIFIER))]
    pub member_of: Vec<String>,
    /// Most connections at a time; -1 means no limit.
    #[serde(default)]
    #[schemars(range(min = -1))]
    pub connection_limit: Option<i32>,
    /// Whether it may create databases.
    #[serde(default)]
    pub createdb: bool,
    /// Whether it may create and change roles.
    #[serde(default)]
    pub createrole: bool,
    /// Whether it has the privileges of the roles that it is a member of without `SET ROLE`; true when not given.
    #[serde(default)]
    pub inherit: Option<bool>,
    /// Whether policies of rows do not bind it.
    #[serde(default)]
    pub bypass_rls: bool,
    /// Whether it may read the stream of changes, as tools for change data capture do.
    #[serde(default)]
    pub replication: bool,
    /// When its password ends, such as `2027-01-31` or `2027-01-31T12:00:00Z`; never when empty.
    #[serde(default)]
    #[schemars(transform = form::text(form::MOMENT))]
    pub valid_until: Option<String>,
    /// Settings of its sessions, such as `statement_timeout: 5min`.
    #[serde(default)]
    #[schemars(transform = form::keys(form::PARAMETER))]
    pub config: Settings,
    /// Its password; derived when empty.
    #[serde(default)]
    #[schemars(transform = form::password)]
    pub password: Option<Scalar>,
    /// A Secret that holds its password.
    #[serde(default)]
    #[schemars(transform = form::text(form::OBJECT_NAME))]
    pub existing_secret: Option<String>,
    /// The key in that Secret; `password` when not given.
    #[serde(default)]
    #[schemars(transform = form::text(form::DATA_KEY))]
    pub secret_key: Option<String>,
}

impl Role {
    /// The key of its password in the Secret that the chart makes. Other characters than a key's are written as their code, so that
    /// no two names meet.
    pub fn secret_entry(&self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let key = |c: char| if plain(c) { c.to_string() } else { format!(".{:x}", c as u32) };
        format!("role-{}", self.name.chars().map(key).collect::<String>())
    }
}

/// How a new cluster is made.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Initdb {
    /// Encoding of new databases.
    pub encoding: String,
    /// Locale of new databases; `C.UTF-8` sorts the same on every system.
    pub locale: String,
    /// Whether pages carry checksums.
    pub data_checksums: bool,
    /// Size of a WAL segment in megabytes: a power of two from 1 to 1024.
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]))]
    pub wal_segment_size: u32,
}

//! What the values declare to be in the server, as the SQL files read it: complete, without defaults to guess and without passwords.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::facts::{major, text, with_audit};
use super::{Major, compliance, duty, industrial};
use crate::schema::types::{Change, ObjectKind, Privilege, Right, Settings, SslMode, Subscription, Values};

/// A Secret beside the release's that holds passwords of roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OtherSecret {
    /// Its name.
    pub name: String,
    /// The keys that are read.
    pub keys: BTreeSet<String>,
}

/// The declaration as JSON.
pub fn cluster(values: &Values) -> String {
    let postgresql = &values.postgresql;
    let application = with_modules(values, json!({"name": postgresql.database}));
    let mut cluster = json!({
        "database": postgresql.database,
        "owner": postgresql.username,
        "databases": databases(values),
        "roles": roles(values),
        "extensions": with_audit(values, &postgresql.extensions),
        "duties": duties(values),
        "settings": settings(values),
        "schemas": schemas(values),
        "privileges": privileges(values),
        "publications": publications(values),
        "subscriptions": subscriptions(values),
        "passwords": passwords(values),
        "groups": industrial::groups(values),
    });
    for key in [MODULES, MODULE_SETTINGS, CONNECT] {
        if let Some(value) = application.get(key) {
            cluster[key] = value.clone();
        }
    }
    format!("{cluster:#}\n")
}

fn databases(values: &Values) -> Vec<Json> {
    let declared = values.postgresql.databases.iter().map(|database| {
        json!({
            "name": database.name,
            "owner": owner_of(values, &database.name),
            "encoding": filled(database.encoding.as_deref()),
            "locale": filled(database.locale.as_deref()),
            "extensions": with_audit(values, &database.extensions),
            "connectionLimit": database.connection_limit.unwrap_or(-1),
        })
    });
    let extensions: Vec<String> = industrial::EXTENSIONS.map(str::to_owned).to_vec();
    let extensions = with_audit(values, &extensions);
    let departments = industrial::names(values).into_iter().map(
        |name| json!({"name": name, "owner": industrial::owner(name), "extensions": extensions, "connectionLimit": -1}),
    );
    declared.chain(departments).map(|database| with_modules(values, database)).collect()
}

/// What a database says of its modules: their names, what their functions look up, and who may connect because of them.
const MODULES: &str = "modules";
const MODULE_SETTINGS: &str = "moduleSettings";
const CONNECT: &str = "connect";

/// A declared database with the modules that are applied to it.
fn with_modules(values: &Values, mut declared: Json) -> Json {
    let databases = industrial::databases(values);
    if let Some(database) = databases.iter().find(|database| declared["name"] == database.name.as_str()) {
        let groups = industrial::GROUPS[1..].iter().map(|group| format!("{}_{group}", database.name));
        let controls = compliance::names(values).contains(&database.name);
        let duties = compliance::GROUPS.iter().filter(|group| controls && !group.ends_with("_owner"));
        declared[MODULES] = json!(database.modules);
        declared[MODULE_SETTINGS] = json!(database.settings);
        declared[CONNECT] = groups.chain(duties.map(|group| (*group).to_owned())).collect();
    }
    declared
}

fn roles(values: &Values) -> Vec<Json> {
    values
        .postgresql
        .roles
        .iter()
        .map(|role| {
            json!({
                "name": role.name,
                "login": role.login.unwrap_or(true),
                "memberOf": role.member_of,
                "connectionLimit": role.connection_limit.unwrap_or(-1),
                "createdb": role.createdb,
                "createrole": role.createrole,
                "inherit": role.inherit.unwrap_or(true),
                "bypassRls": role.bypass_rls,
                "replication": role.replication,
                "validUntil": filled(role.valid_until.as_deref()),
            })
        })
        .collect()
}

fn duties(values: &Values) -> Vec<Json> {
    duty::roles(values)
        .iter()
        .map(|role| {
            json!({
                "name": role.name,
                "duty": role.duty,
                "memberOf": role.member_of,
                "connectionLimit": role.connection_limit,
            })
        })
        .collect()
}

/// Settings of roles, then of databases.
fn settings(values: &Values) -> Vec<Json> {
    let postgresql = &values.postgresql;
    let list = |role: Option<&str>, database: Option<&str>, config: &Settings| -> Vec<Json> {
        let setting = |(name, value)| json!({"role": role, "database": database, "name": name, "value": text(value)});
        config.iter().map(setting).collect()
    };
    let of_roles = postgresql.roles.iter().flat_map(|role| list(Some(&role.name), None, &role.config));
    let of_databases =
        postgresql.databases.iter().flat_map(|database| list(None, Some(&database.name), &database.config));
    of_roles.chain(list(None, Some(&postgresql.database), &postgresql.database_config)).chain(of_databases).collect()
}

fn schemas(values: &Values) -> Vec<Json> {
    let schemas = values.postgresql.schemas.iter();
    schemas
        .map(|schema| {
            let database = database_of(values, schema.database.as_deref());
            let owner = filled(schema.owner.as_deref()).unwrap_or_else(|| owner_of(values, database));
            json!({"name": schema.name, "database": database, "owner": owner})
        })
        .collect()
}

/// Declared roles may connect to the application's database; then what the values say.
fn privileges(values: &Values) -> Vec<Json> {
    let postgresql = &values.postgresql;
    let connect = postgresql.roles.iter().map(|role| {
        json!({
            "role": role.name, "database": postgresql.database, "on": "database", "schema": null, "names": [],
            "grant": ["CONNECT"], "grantable": false, "creators": [],
        })
    });
    connect.chain(postgresql.privileges.iter().map(|privilege| grant(values, privilege))).collect()
}

fn grant(values: &Values, privilege: &Privilege) -> Json {
    let database = database_of(values, privilege.database.as_deref());
    let in_schema = is_in_schema(privilege.objects);
    let creators = match (in_schema && privilege.names.is_empty(), privilege.created_by.is_empty()) {
        (false, _) => Vec::new(),
        (true, true) => vec![owner_of(values, database)],
        (true, false) => privilege.created_by.iter().map(String::as_str).collect(),
    };
    let rights = rights(privilege.objects, major(values));
    let granted: Vec<&str> = if privilege.grant.contains(&Right::All) {
        rights.iter().map(|right| word(*right)).collect()
    } else {
        privilege.grant.iter().map(|right| word(*right)).collect()
    };
    json!({
        "role": privilege.role,
        "database": database,
        "on": kind(privilege.objects),
        "schema": in_schema.then(|| filled(privilege.schema.as_deref()).unwrap_or("public")),
        "names": privilege.names,
        "grant": granted,
        "grantable": privilege.grantable,
        "creators": creators,
    })
}

fn publications(values: &Values) -> Vec<Json> {
    let table = |text: &String| {
        let (schema, name) = text.split_once('.').unwrap_or(("public", text));
        json!({"schema": schema, "name": name})
    };
    let all = [Change::Insert, Change::Update, Change::Delete, Change::Truncate];
    values
        .postgresql
        .publications
        .iter()
        .map(|publication| {
            let published = |change: &Change| publication.publish.is_empty() || publication.publish.contains(change);
            let changes: Vec<_> = all.into_iter().filter(published).collect();
            json!({
                "name": publication.name,
                "database": database_of(values, publication.database.as_deref()),
                "tables": publication.tables.iter().map(table).collect::<Vec<_>>(),
                "schemas": publication.schemas,
                "allTables": publication.all_tables,
                "publish": changes,
                "viaRoot": publication.via_partition_root,
            })
        })
        .collect()
}

/// The connection without its password, as pairs in the order of their names.
fn subscriptions(values: &Values) -> Vec<Json> {
    values
        .postgresql
        .subscriptions
        .iter()
        .map(|subscription| {
            let publisher = &subscription.publisher;
            let mode = publisher.sslmode.unwrap_or(SslMode::Require);
            let verifies = matches!(mode, SslMode::VerifyCa | SslMode::VerifyFull);
            json!({
                "name": subscription.name,
                "database": database_of(values, subscription.database.as_deref()),
                "publications": subscription.publications,
                "connection": {
                    "host": publisher.host,
                    "port": publisher.port.unwrap_or(5432).to_string(),
                    "dbname": publisher.database,
                    "user": publisher.username,
                    "sslmode": mode.name(),
                    "sslrootcert": verifies.then(|| filled(publisher.root_certificate.as_deref()).unwrap_or("system")),
                },
                "file": format!("{}/{}", publisher.existing_secret, secret_key(publisher.secret_key.as_deref())),
                "copyData": subscription.copy_data.unwrap_or(true),
                "enabled": subscription.enabled.unwrap_or(true),
            })
        })
        .collect()
}

/// Whether objects of this kind are in a schema.
pub fn is_in_schema(kind: ObjectKind) -> bool {
    !matches!(kind, ObjectKind::Database | ObjectKind::Schemas)
}

/// One object of a kind, as the server calls it.
pub fn kind(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::Database => "database",
        ObjectKind::Schemas => "schema",
        ObjectKind::Tables => "table",
        ObjectKind::Sequences => "sequence",
        ObjectKind::Functions => "function",
    }
}

/// The privileges that there are on a kind of objects.
///
/// Source: PostgreSQL documentation, "Privileges", table "ACL Privilege Abbreviations".
pub fn rights(kind: ObjectKind, major: Major) -> Vec<Right> {
    match kind {
        ObjectKind::Database => vec![Right::Connect, Right::Create, Right::Temporary],
        ObjectKind::Schemas => vec![Right::Create, Right::Usage],
        ObjectKind::Tables => {
            let mut rights = vec![
                Right::Select,
                Right::Insert,
                Right::Update,
                Right::Delete,
                Right::Truncate,
                Right::References,
                Right::Trigger,
            ];
            rights.extend((major >= Major::V17).then_some(Right::Maintain));
            rights
        }
        ObjectKind::Sequences => vec![Right::Select, Right::Update, Right::Usage],
        ObjectKind::Functions => vec![Right::Execute],
    }
}

/// A privilege as SQL writes it.
pub fn word(right: Right) -> &'static str {
    match right {
        Right::All => "ALL",
        Right::Connect => "CONNECT",
        Right::Create => "CREATE",
        Right::Temporary => "TEMPORARY",
        Right::Usage => "USAGE",
        Right::Select => "SELECT",
        Right::Insert => "INSERT",
        Right::Update => "UPDATE",
        Right::Delete => "DELETE",
        Right::Truncate => "TRUNCATE",
        Right::References => "REFERENCES",
        Right::Trigger => "TRIGGER",
        Right::Maintain => "MAINTAIN",
        Right::Execute => "EXECUTE",
    }
}

/// Whose password is in which file. What is `held` is for those who have it from their environment until the pod is replaced.
fn passwords(values: &Values) -> Vec<Json> {
    let postgresql = &values.postgresql;
    let keys = &postgresql.secret_keys;
    let own = [("postgres", keys.postgres_password.as_str()), (&postgresql.username, &keys.password)];
    let own = own.map(|(role, key)| json!({"role": role, "file": key, "held": false}));
    let patroni = values.has_patroni();
    let duties = duty::roles(values);
    let duties = duties.iter().map(|role| {
        let held = role.duty == "metrics" || role.duty == "replication" && patroni;
        json!({"role": role.name, "file": role.key, "held": held})
    });
    let declared = postgresql.roles.iter().filter_map(|role| {
        let file = match filled(role.existing_secret.as_deref()) {
            Some(secret) => format!("{secret}/{}", secret_key(role.secret_key.as_deref())),
            None if role.login.unwrap_or(true) => role.secret_entry(),
            None => return None,
        };
        Some(json!({"role": role.name, "file": file, "held": false}))
    });
    own.into_iter().chain(duties).chain(declared).collect()
}

/// The Secrets that declared roles and subscriptions bring along.
pub fn other_secrets(values: &Values) -> Vec<OtherSecret> {
    let mut all: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for role in &values.postgresql.roles {
        if let Some(secret) = filled(role.existing_secret.as_deref()) {
            all.entry(secret).or_default().insert(secret_key(role.secret_key.as_deref()).to_owned());
        }
    }
    for Subscription { publisher, .. } in &values.postgresql.subscriptions {
        let keys = all.entry(&publisher.existing_secret).or_default();
        keys.insert(secret_key(publisher.secret_key.as_deref()).to_owned());
    }
    all.into_iter().map(|(name, keys)| OtherSecret { name: name.to_owned(), keys }).collect()
}

fn secret_key(given: Option<&str>) -> &str {
    filled(given).unwrap_or("password")
}

/// A database by its name; the application's when there is none.
pub fn database_of<'a>(values: &'a Values, name: Option<&'a str>) -> &'a str {
    filled(name).unwrap_or(&values.postgresql.database)
}

/// The role that owns a database.
pub fn owner_of<'a>(values: &'a Values, database: &str) -> &'a str {
    if let Some(owner) = industrial::owner(database).filter(|_| industrial::names(values).contains(&database)) {
        return owner;
    }
    let found = values.postgresql.databases.iter().find(|other| other.name == database);
    found.and_then(|found| filled(found.owner.as_deref())).unwrap_or(&values.postgresql.username)
}

fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

//! Logical backups: how they reach the server and their store, how often they come, and whose database is restored.

use serde::Serialize;

use super::cron::Cron;
use super::tls;
use crate::schema::types::{BackupSource, Destination, Values};

/// Options of `pg_dump` that the chart sets itself, or that its checks could not see through, with why.
pub const MANAGED: &[(&str, &str)] = &[
    ("-F", "the format is the chart's: it is read again in full"),
    ("--format", "the format is the chart's: it is read again in full"),
    ("-f", "the file is the chart's"),
    ("--file", "the file is the chart's"),
    ("-j", "a dump in one file has one reader"),
    ("--jobs", "a dump in one file has one reader"),
    ("-d", "`backup.databases` says what is dumped"),
    ("--dbname", "`backup.databases` says what is dumped"),
    ("-h", "`backup.source` says which server is read"),
    ("--host", "`backup.source` says which server is read"),
    ("-p", "`backup.source` says which server is read"),
    ("--port", "`backup.source` says which server is read"),
    ("-U", "`backup.username` says who dumps"),
    ("--username", "`backup.username` says who dumps"),
    ("-W", "nobody is there to type a password"),
    ("--password", "nobody is there to type a password"),
    ("--inserts", "rows are counted as COPY writes them"),
    ("--column-inserts", "rows are counted as COPY writes them"),
    ("--attribute-inserts", "rows are counted as COPY writes them"),
    ("--rows-per-insert", "rows are counted as COPY writes them"),
    ("-C", "a database is restored into one that is there"),
    ("--create", "a database is restored into one that is there"),
    ("-c", "`pg_restore` says whether objects are replaced"),
    ("--clean", "`pg_restore` says whether objects are replaced"),
];

/// The same of `pg_restore`.
pub const MANAGED_BY_RESTORE: &[(&str, &str)] = &[
    ("-d", "`backup.restore.target` says where it goes"),
    ("--dbname", "`backup.restore.target` says where it goes"),
    ("-f", "`backup.restore.target` says where it goes"),
    ("--file", "`backup.restore.target` says where it goes"),
    ("-h", "`backup.restore.target` says where it goes"),
    ("--host", "`backup.restore.target` says where it goes"),
    ("-p", "`backup.restore.target` says where it goes"),
    ("--port", "`backup.restore.target` says where it goes"),
    ("-U", "the target's owner restores it"),
    ("--username", "the target's owner restores it"),
    ("-W", "nobody is there to type a password"),
    ("--password", "nobody is there to type a password"),
    ("-L", "the chart chooses what is restored: all but extensions"),
    ("--use-list", "the chart chooses what is restored: all but extensions"),
    ("-l", "it would list, not restore"),
    ("--list", "it would list, not restore"),
    ("-C", "the target is there"),
    ("--create", "the target is there"),
    ("-j", "all of it is one transaction"),
    ("--jobs", "all of it is one transaction"),
    ("--transaction-size", "all of it is one transaction"),
];

/// What templates need of backups.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Backup {
    /// `primary` or `standby`.
    pub standby: bool,
    /// How the server is verified, in libpq's words; none without encryption.
    pub sslmode: Option<String>,
    /// The port of the store; none without S3.
    pub port: Option<u16>,
    /// Seconds after which the last backup is too old.
    pub too_old: u64,
    /// Seconds after which the last verification is too old; none without any.
    pub unverified: Option<u64>,
    /// The database that is restored, and who can.
    pub restore: Option<Restore>,
}

/// A restore.
#[derive(Clone, Debug, Serialize)]
pub struct Restore {
    /// The database in the backup.
    pub database: String,
    /// Its owner.
    pub owner: String,
    /// A Secret of the owner's own with its password; the release's when there is none.
    pub secret: Option<String>,
    /// The key of its password.
    pub key: String,
}

impl Backup {
    /// The facts of checked values; none without backups.
    pub fn new(values: &Values) -> Option<Self> {
        let backup = &values.backup;
        if !backup.enabled {
            return None;
        }
        // One run may be late or fail and be tried again before anybody is woken up.
        let overdue = |schedule: &str| {
            let pause = Cron::parse(schedule).ok()?.longest_pause()?;
            Some(pause.as_secs() * 3 / 2)
        };
        Some(Self {
            standby: backup.source == BackupSource::Standby,
            sslmode: values.tls.enabled.then(|| tls::mode(values).to_owned()),
            port: (backup.destination == Destination::S3).then(|| port(backup.s3.endpoint.as_deref())),
            too_old: overdue(&backup.schedule).unwrap_or_default(),
            unverified: backup.verify.enabled.then(|| overdue(&backup.verify.schedule)).flatten(),
            restore: Restore::new(values),
        })
    }
}

impl Restore {
    /// The restore that values ask for; none when nobody can log in as the owner of the target.
    pub fn new(values: &Values) -> Option<Self> {
        let restore = &values.backup.restore;
        filled(restore.backup.as_deref())?;
        let owner = owner(values, filled(restore.target.as_deref())?)?;
        let postgresql = &values.postgresql;
        let (secret, key) = if owner == postgresql.username {
            (None, postgresql.secret_keys.password.clone())
        } else {
            let role = postgresql.roles.iter().find(|role| role.name == owner && role.login.unwrap_or(true))?;
            match filled(role.existing_secret.as_deref()) {
                Some(secret) => {
                    (Some(secret.to_owned()), role.secret_key.clone().unwrap_or_else(|| "password".to_owned()))
                }
                None if values.brings_secret() => return None,
                None => (None, role.secret_entry()),
            }
        };
        let database = filled(restore.database.as_deref()).unwrap_or(&postgresql.database);
        Some(Self { database: database.to_owned(), owner: owner.to_owned(), secret, key })
    }
}

/// The owner of a declared database.
pub fn owner<'a>(values: &'a Values, name: &str) -> Option<&'a str> {
    let postgresql = &values.postgresql;
    if name == postgresql.database {
        return Some(&postgresql.username);
    }
    let database = postgresql.databases.iter().find(|database| database.name == name)?;
    Some(filled(database.owner.as_deref()).unwrap_or(&postgresql.username))
}

/// The option of a list that is the chart's, and why.
pub fn managed(option: &str, all: &'static [(&str, &str)]) -> Option<(&'static str, &'static str)> {
    let is_meant = |name: &str| match name.strip_prefix("--") {
        // Programs take the beginning of a long option for the whole.
        Some(long) => option.strip_prefix("--").is_some_and(|given| {
            let word = given.split('=').next().unwrap_or_default();
            word == long || (word.len() > 3 && long.starts_with(word))
        }),
        None => option.starts_with(name) && !option.starts_with("--"),
    };
    all.iter().copied().find(|(name, _)| is_meant(name))
}

/// The port of a store's address.
fn port(endpoint: Option<&str>) -> u16 {
    let Some(endpoint) = filled(endpoint) else { return 443 };
    let host = endpoint.split_once("://").map_or(endpoint, |(_, host)| host);
    let default = if endpoint.starts_with("http://") { 80 } else { 443 };
    host.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(default)
}

/// Text that is not empty.
pub fn filled(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_follows_from_the_address() {
        for (endpoint, expected) in [
            (None, 443),
            (Some(""), 443),
            (Some("https://minio.example.com:9000"), 9000),
            (Some("http://minio.example.com"), 80),
            (Some("https://s3.example.com"), 443),
        ] {
            assert_eq!(port(endpoint), expected, "{endpoint:?}");
        }
    }

    #[test]
    fn options_of_the_chart_are_known_in_every_spelling() {
        for option in ["-Ft", "--format=t", "--form=t", "-f/tmp/x", "--inserts", "--host=elsewhere"] {
            assert!(managed(option, MANAGED).is_some(), "{option}");
        }
        for option in ["--compress=5", "-Z5", "--no-owner", "--exclude-table=x", "--filter=/etc/x", "--no-comments"] {
            assert_eq!(managed(option, MANAGED), None, "{option}");
        }
    }
}

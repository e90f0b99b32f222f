//! An archive of the log on a volume, with base backups: what the server and the scripts are told of it.
//!
//! Source: PostgreSQL's documentation, chapter "Continuous Archiving and Point-in-Time Recovery".

use serde::Serialize;

use super::cron::Cron;
use super::moment;
use crate::schema::types::{RestoreType, Scalar, Values};

/// Where the volume is mounted.
pub const VOLUME: &str = "/var/lib/pgarchive";

/// What templates need of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WalArchive {
    /// Where the volume is mounted.
    pub directory: &'static str,
    /// When a base backup is made: `full 0 2 * * 0`.
    pub schedule: String,
    /// Whether the server asks for the superuser's password even on the socket.
    pub password: bool,
    /// What a restore is asked for; none without one.
    pub restore: Option<Restore>,
}

/// A restore, as lines for archive-restore.sh.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Restore {
    /// `time`
    pub kind: &'static str,
    /// `NAME=VALUE`, one a line.
    pub options: String,
}

/// What the server is told: to archive, and where to find what it lacks.
pub fn server_settings() -> Vec<(&'static str, String)> {
    vec![
        ("archive_mode", "on".to_owned()),
        ("archive_command", "bash /opt/pgchart/archive-wal.sh \"%p\" %f".to_owned()),
        ("archive_timeout", "60".to_owned()),
        ("restore_command", "bash /opt/pgchart/archive-get.sh %f \"%p\"".to_owned()),
    ]
}

impl WalArchive {
    /// The facts of checked values; none without it.
    pub fn new(values: &Values, peer: bool) -> Option<Self> {
        let archive = &values.wal_archive;
        archive.enabled.then(|| Self {
            directory: VOLUME,
            schedule: Cron::parse(&archive.schedule).map_or_else(|_| String::new(), |cron| format!("full {cron}")),
            password: !peer,
            restore: Restore::new(values),
        })
    }
}

impl Restore {
    fn new(values: &Values) -> Option<Self> {
        let restore = &values.wal_archive.restore;
        let kind = restore.kind?;
        let scalar = |scalar: &Option<Scalar>| scalar.as_ref().map(Scalar::to_string).filter(|text| !text.is_empty());
        let target = scalar(&restore.target);
        // Never empty: nothing would be restored.
        let mut lines = vec![format!("type={}", kind.name())];
        lines.extend(scalar(&restore.from).map(|from| format!("from={from}")));
        lines.extend(restore.backup.as_ref().filter(|name| !name.is_empty()).map(|name| format!("backup={name}")));
        if kind == RestoreType::Time {
            lines.extend(target.as_deref().and_then(moment::second).map(|second| format!("before={second}")));
        }
        let mut set = |name: &str, value: &str| {
            lines.push(format!("recovery_target_{name}='{}'", value.replace('\'', "''")));
        };
        match (kind, target) {
            (RestoreType::Default, _) => {}
            (RestoreType::Immediate, _) => lines.push("recovery_target='immediate'".to_owned()),
            (_, target) => set(kind.name(), &target.unwrap_or_default()),
        }
        if kind != RestoreType::Default {
            let mut set = |name: &str, value: &str| lines.push(format!("recovery_target_{name}='{value}'"));
            set("action", "promote");
            if restore.exclusive {
                set("inclusive", "off");
            }
        }
        lines.extend(scalar(&restore.timeline).map(|timeline| format!("recovery_target_timeline='{timeline}'")));
        Some(Self { kind: kind.name(), options: lines.join("\n") })
    }
}

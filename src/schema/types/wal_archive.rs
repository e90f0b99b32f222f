//! An archive of the log on a volume, with base backups, by the server's own programs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PosixRepository, Resources, RestoreType, Scalar, form};

/// An archive of the log and base backups on a volume, for images without pgBackRest.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WalArchive {
    /// Whether there is one.
    pub enabled: bool,
    /// The volume that has all of it.
    pub volume: PosixRepository,
    /// When a base backup is made, as cron writes it, in UTC. The first one is made as soon as the database is there.
    pub schedule: String,
    /// How many base backups are kept; what of the log no backup needs goes with them.
    #[schemars(range(min = 1, max = 9999))]
    pub keep: u32,
    /// CPU and memory of the container that makes base backups.
    pub resources: Resources,
    /// A restore, which the next boot carries out once.
    pub restore: ArchiveRestore,
}

/// A restore from an archive.
#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ArchiveRestore {
    /// Up to where the log is replayed; without it nothing is restored.
    #[serde(rename = "type")]
    pub kind: Option<RestoreType>,
    /// The moment, name, position or transaction, for a type that has one: `2026-05-01 09:30:00+00`.
    #[schemars(transform = form::text_or_integer(form::ONE_LINE))]
    pub target: Option<Scalar>,
    /// Stops before the target instead of after it.
    pub exclusive: bool,
    /// The base backup to begin with, such as `20260501T020000Z`; the last one before a moment, or the last one, when empty.
    #[schemars(transform = form::text(form::BASE_BACKUP))]
    pub backup: Option<String>,
    /// The timeline to follow, such as `2` or `current`; the latest when empty.
    #[schemars(transform = form::text_or_integer(form::TIMELINE))]
    pub timeline: Option<Scalar>,
    /// The database to take over, by its system identifier, which its directory in the archive is named after; this one's own, or the
    /// only one of the archive, when empty.
    #[schemars(transform = form::text_or_integer(form::SYSTEM_IDENTIFIER))]
    pub from: Option<Scalar>,
    /// Any text. A request is carried out once; with another text it is another request.
    #[schemars(transform = form::text(form::ONE_LINE))]
    pub request: Option<String>,
}

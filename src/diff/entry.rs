//! One object of a report.

use serde_json::Value as Json;

use super::compare::Change;
use super::immutable::Immutable;
use super::managed::Model;
use super::object::ObjectId;
use super::restart::Restart;
use super::settings::SettingChange;

/// What will happen to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It is made.
    Create,
    /// It changes.
    Update,
    /// Nothing.
    Unchanged,
    /// The server refuses the change.
    Rejected,
    /// Another field manager owns what would change.
    Conflict,
    /// The cluster does not know the kind.
    UnknownKind,
    /// It is rendered no more and would be deleted.
    WouldPrune,
    /// It is rendered no more, holds data, and stays.
    RetainedData,
    /// It could not be found out.
    Failed,
}

impl Status {
    /// Every status, in the order in which they are counted.
    pub const ALL: [Self; 9] = [
        Self::Create,
        Self::Update,
        Self::WouldPrune,
        Self::Rejected,
        Self::Conflict,
        Self::UnknownKind,
        Self::Failed,
        Self::RetainedData,
        Self::Unchanged,
    ];

    /// Its name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Unchanged => "unchanged",
            Self::Rejected => "rejected",
            Self::Conflict => "conflict",
            Self::UnknownKind => "unknown-kind",
            Self::WouldPrune => "would-prune",
            Self::RetainedData => "retained-data",
            Self::Failed => "failed",
        }
    }

    /// One character for lists.
    pub fn mark(self) -> char {
        match self {
            Self::Create => '+',
            Self::Update => '~',
            Self::WouldPrune => '-',
            Self::Unchanged | Self::RetainedData => '=',
            Self::Rejected | Self::Conflict | Self::UnknownKind => '!',
            Self::Failed => '?',
        }
    }

    /// Whether there is nothing to show but its name.
    pub fn is_quiet(self) -> bool {
        self == Self::Unchanged
    }
}

/// One object of a report; no value in it is secret.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is called.
    pub id: ObjectId,
    /// `apps/v1`.
    pub api_version: String,
    /// The template that renders it.
    pub source: Option<String>,
    /// What will happen to it.
    pub status: Status,
    /// Which apply was modelled.
    pub model: Option<Model>,
    /// Why the result is only near the truth, when it is.
    pub approximate: Option<String>,
    /// Why no server has looked at it, when none has and one was asked.
    pub unvalidated: Option<String>,
    /// As it is.
    pub old: Option<Json>,
    /// As it will be.
    pub new: Option<Json>,
    /// The differences of these two.
    pub changes: Vec<Change>,
    /// How many differences `--ignore` and the object's own rules took out.
    pub ignored: usize,
    /// What the server says, and what is wrong.
    pub messages: Vec<String>,
    /// What to do.
    pub help: Vec<String>,
    /// The changes that cannot be made in place.
    pub immutable: Vec<Immutable>,
    /// The pods that restart.
    pub restart: Option<Restart>,
    /// Parameters and rules of PostgreSQL that change.
    pub settings: Vec<SettingChange>,
    /// What others wrote into it, which stays: field, value, who.
    pub survives: Vec<Survivor>,
}

/// A field that somebody else wrote and that an apply leaves alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    /// The field.
    pub path: String,
    /// What it holds.
    pub value: Json,
    /// Who wrote it.
    pub manager: String,
}

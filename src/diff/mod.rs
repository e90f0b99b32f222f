//! What an apply of a release would change: objects brought into one form, compared field by field, explained, and told
//! in several formats. It knows no network; a cluster's answers come in as [`Outcome`]s.

mod against;
mod assemble;
mod certificate;
mod compare;
mod danger;
mod entry;
mod ignore;
mod immutable;
mod list_keys;
mod managed;
mod mask;
mod merge;
mod normalise;
mod object;
mod outcome;
mod path;
mod present;
mod quantity;
mod read;
pub mod report;
mod restart;
mod secret_words;
mod sense;
mod servers;
mod settings;
mod spelling;
mod survivors;

pub use against::against;
pub use assemble::{Options, Report, assemble};
pub use compare::{Change, compare};
pub use entry::{Entry, Status, Survivor};
pub use ignore::Rule;
pub use immutable::Immutable;
pub use managed::{CLIENT_SIDE_MANAGER, Model, applied_by, last_applied, model};
pub use mask::Masker;
#[cfg(feature = "cluster")]
pub(crate) use mask::percent_encoded;
pub use merge::{PatchKind, Sides, patch, predict};
pub use normalise::normal;
pub use object::{Object, ObjectId, is_hook, is_live, objects};
pub use outcome::{Conflict, Findings, Outcome, Verdict};
pub use path::{Path, Step};
pub use read::{Known, read_objects};
pub use restart::Restart;
pub use settings::{SettingChange, Takes};

/// Who made two sides differ, when a third tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The chart renders something else than was applied last.
    Pending,
    /// Somebody changed the live object; the apply takes it back.
    Drift,
    /// Both.
    PendingOverDrift,
    /// It was applied last and is rendered no more.
    Removed,
}

impl Origin {
    /// Its name in JSON and in brackets behind a change.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Drift => "drift",
            Self::PendingOverDrift => "pending over drift",
            Self::Removed => "will be removed",
        }
    }
}

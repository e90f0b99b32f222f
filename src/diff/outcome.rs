//! What was found out about one object, before it is compared: its sides, and what an apply would make of it.

use std::sync::Arc;

use serde_json::Value as Json;

use super::managed::Model;
use super::object::ObjectId;

/// One object with its sides; none of them in normal form.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What it is called.
    pub id: ObjectId,
    /// The template that renders it.
    pub source: Option<String>,
    /// As the chart renders it.
    pub rendered: Option<Arc<Json>>,
    /// As it was applied last.
    pub last: Option<Json>,
    /// As it is.
    pub live: Option<Arc<Json>>,
    /// What an apply makes of it.
    pub verdict: Verdict,
    /// Which apply was modelled.
    pub model: Option<Model>,
    /// Why the result is only near the truth, when it is.
    pub approximate: Option<String>,
}

/// What was found out about a release.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Its objects.
    pub outcomes: Vec<Outcome>,
    /// What could not be looked at beyond them.
    pub notes: Vec<String>,
}

/// What an apply makes of an object.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It becomes this, says the server.
    Becomes(Arc<Json>),
    /// It becomes this by calculation; no server has looked at it.
    Calculated(Arc<Json>),
    /// It is made.
    New {
        /// As the server would make it, or as rendered.
        result: Arc<Json>,
        /// Why no server has looked at it, when none has.
        unvalidated: Option<String>,
    },
    /// The server refuses it, in these words.
    Rejected(Vec<String>),
    /// Other field managers own what would change.
    Conflict(Vec<Conflict>),
    /// The cluster does not know the kind in this version of its API.
    UnknownKind {
        /// The versions in which it does.
        known: Vec<String>,
    },
    /// It is rendered no more and would be deleted.
    Prune,
    /// It is rendered no more and stays, for this reason.
    Retained(String),
    /// Nobody knows, for this reason.
    Failed(String),
}

/// A field that another manager owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Who.
    pub manager: String,
    /// Which field.
    pub field: String,
}

impl Outcome {
    /// An outcome without sides.
    pub fn new(id: ObjectId, verdict: Verdict) -> Self {
        Self { id, source: None, rendered: None, last: None, live: None, verdict, model: None, approximate: None }
    }
}

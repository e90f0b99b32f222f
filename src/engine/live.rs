//! Objects of a live cluster for `lookup`. Only a run that was told to asks one.

use std::fmt;
use std::sync::Arc;

use minijinja::State;
use minijinja::value::{Object, ObjectRepr};
use serde_json::Value as Json;

/// The name under which templates' state carries it; no template can write it.
pub(super) const NAME: &str = "\0live";

/// What `lookup` asks for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// `v1`, `apps/v1`.
    pub api_version: &'a str,
    /// `Secret`.
    pub kind: &'a str,
    /// Its namespace; empty for all, or where there is none.
    pub namespace: &'a str,
    /// Its name; empty for all.
    pub name: &'a str,
}

type Ask = dyn Fn(Wanted<'_>) -> Result<Option<Json>, String> + Send + Sync;

/// The way to a live cluster; without one nothing is ever found.
#[derive(Clone, Default)]
pub struct Live {
    ask: Option<Arc<Ask>>,
}

impl Live {
    /// A cluster that answers what is there, nothing when it is not, or why it cannot be asked.
    pub fn new(ask: impl Fn(Wanted<'_>) -> Result<Option<Json>, String> + Send + Sync + 'static) -> Self {
        Self { ask: Some(Arc::new(ask)) }
    }

    /// What is there; nothing when it is not, or when no cluster is asked.
    ///
    /// # Errors
    /// Why the cluster cannot be asked.
    pub fn find(&self, wanted: Wanted<'_>) -> Result<Option<Json>, String> {
        self.ask.as_ref().map_or(Ok(None), |ask| ask(wanted))
    }

    /// That of the render that a function is called in.
    pub(super) fn of(state: &State<'_, '_>) -> Self {
        let found = state.lookup(NAME).and_then(|value| value.downcast_object::<Self>());
        found.map(|live| (*live).clone()).unwrap_or_default()
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("asks", &self.ask.is_some()).finish()
    }
}

impl Object for Live {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }
}

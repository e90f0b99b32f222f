//! References of schemas to other files: of the chart, from memory; nothing else is ever read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Retrieve, Uri};
use serde_json::Value as Json;

use super::prepare::{MAX_REFERENCES, Prepared};
use crate::chart::Tree;

/// Where a chart's schema stands for references; the root is the chart's.
pub(super) const BASE: &str = "chart:///values.schema.json";

/// Bytes of all files together that one schema refers to.
const MAX_BYTES: usize = 5 * 1024 * 1024;

/// Hands out the chart's files as schemas.
#[derive(Clone)]
pub(super) struct Files {
    tree: Tree,
    bytes: Arc<AtomicUsize>,
    prepared: Arc<Mutex<Prepared>>,
}

impl Files {
    pub(super) fn new(tree: &Tree, prepared: Prepared) -> Self {
        Self { tree: tree.clone(), bytes: Arc::default(), prepared: Arc::new(Mutex::new(prepared)) }
    }

    /// What is known by now of the schema and the files it refers to.
    pub(super) fn prepared(&self) -> std::sync::MutexGuard<'_, Prepared> {
        self.prepared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Why a reference cannot be followed, as it follows "it refers to X, ".
    pub(super) fn reason(&self, uri: &str) -> String {
        match inside(uri) {
            None => "and nothing is fetched".to_owned(),
            Some(path) => self.read(&path).err().unwrap_or_else(|| "which cannot be read".to_owned()),
        }
    }

    fn read(&self, path: &str) -> Result<Json, String> {
        let bytes = self.tree.bytes(path).ok_or("which the chart does not hold")?;
        if self.bytes.fetch_add(bytes.len(), Ordering::Relaxed) > MAX_BYTES {
            return Err(format!("and the files that it refers to have more than {MAX_BYTES} bytes"));
        }
        let mut json = serde_json::from_slice(bytes).map_err(|error| format!("which is no JSON: {error}"))?;
        let mut prepared = self.prepared();
        prepared.rewrite(&mut json);
        if prepared.references > MAX_REFERENCES {
            return Err(format!("and there are more than {MAX_REFERENCES} references"));
        }
        Ok(json)
    }
}

impl Retrieve for Files {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let path = inside(uri.as_str()).ok_or("nothing is fetched")?;
        Ok(self.read(&path)?)
    }
}

/// The path inside the chart that an address names.
pub(super) fn inside(uri: &str) -> Option<String> {
    let path = uri.strip_prefix("chart:///")?;
    Some(path.split(['#', '?']).next().unwrap_or_default().replace("%20", " "))
}

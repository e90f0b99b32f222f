//! What Helm remembers of a release: the manifests that it applied last.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use serde_json::Value as Json;

use super::{Cluster, Failure};
use crate::diagnostic::Sources;
use crate::diff::{Object, objects};
use crate::yaml::{Limits, read};

/// The most that a release may unpack to.
const MAX_RELEASE: u64 = 64 * 1024 * 1024;

/// What Helm remembers of a release.
#[derive(Clone, Debug)]
pub(super) enum Record {
    /// The objects of its newest deployed revision.
    Deployed(Vec<Object>),
    /// Nothing: no revision is deployed, or Helm keeps its records elsewhere.
    Absent,
    /// This login may not read it.
    Hidden,
}

impl Record {
    /// The objects, as far as they are known.
    pub(super) fn objects(&self) -> &[Object] {
        match self {
            Self::Deployed(objects) => objects,
            Self::Absent | Self::Hidden => &[],
        }
    }
}

impl Cluster {
    /// What Helm remembers of a release.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn helm_release(&self, namespace: &str, name: &str) -> Result<Record, Failure> {
        let path = format!("/api/v1/namespaces/{}/secrets", crate::diff::percent_encoded(namespace));
        let selector = format!("owner=helm,name={name},status=deployed");
        let answer = self.get(&path, &[("labelSelector", &selector)]).await?;
        if !answer.is_ok() {
            return Ok(Record::Hidden);
        }
        let items = answer.body.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
        let revision = |item: &Json| {
            item.pointer("/metadata/labels/version")
                .and_then(|version| version.as_str()?.parse::<u64>().ok())
                .unwrap_or(0)
        };
        let newest = items.into_iter().max_by_key(revision);
        let manifest = newest.as_ref().and_then(|item| item.pointer("/data/release")?.as_str()).and_then(manifest);
        Ok(manifest.map_or(Record::Absent, |text| Record::Deployed(documents(text, namespace))))
    }
}

/// The manifest in a release's payload: base64 of base64 of gzip of JSON.
fn manifest(payload: &str) -> Option<String> {
    let inner = STANDARD.decode(payload.trim()).ok()?;
    let packed = STANDARD.decode(inner.trim_ascii()).ok()?;
    let mut text = Vec::new();
    if packed.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(&packed[..]).take(MAX_RELEASE).read_to_end(&mut text).ok()?;
    } else {
        text = packed;
    }
    let release: Json = serde_json::from_slice(&text).ok()?;
    release.get("manifest")?.as_str().map(str::to_owned)
}

fn documents(text: String, namespace: &str) -> Vec<Object> {
    let mut sources = Sources::default();
    let limits = Limits { bytes: 64 * 1024 * 1024, ..Limits::default() };
    let id = sources.add("release", text);
    let Ok(reading) = read(&sources, id, limits) else { return Vec::new() };
    reading.documents.into_iter().flat_map(|node| objects(node.to_json(), namespace, None)).collect()
}

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

impl Cluster {
    /// The objects of the newest deployed revision of a release; nothing when Helm keeps none here, or this login may not
    /// read it.
    ///
    /// # Errors
    /// When there is no answer.
    pub(super) async fn helm_release(&self, namespace: &str, name: &str) -> Result<Option<Vec<Object>>, Failure> {
        let path = format!("/api/v1/namespaces/{}/secrets", super::request::encode(namespace));
        let selector = format!("owner=helm,name={name},status=deployed");
        let answer = self.get(&path, &[("labelSelector", &selector)]).await?;
        if !answer.is_ok() {
            return Ok(None);
        }
        let items = answer.body.get("items").and_then(Json::as_array).cloned().unwrap_or_default();
        let revision = |item: &Json| {
            item.pointer("/metadata/labels/version")
                .and_then(|version| version.as_str()?.parse::<u64>().ok())
                .unwrap_or(0)
        };
        let newest = items.into_iter().max_by_key(revision);
        let manifest = newest.as_ref().and_then(|item| item.pointer("/data/release")?.as_str()).and_then(manifest);
        Ok(manifest.map(|text| documents(text, namespace)))
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

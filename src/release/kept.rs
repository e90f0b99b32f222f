//! The passwords that a live release has, which a render goes on with when it may read the cluster.

use std::collections::HashMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::{Request, Result};
use crate::diagnostic::Diagnostic;
use crate::engine::{Live, Wanted};
use crate::schema::types::Values;

/// The entries of the live Secret; none when there is none.
#[derive(Default)]
pub(super) struct Kept {
    entries: HashMap<String, String>,
}

impl Kept {
    /// Reads the Secret of the release of a chart, such as `postgresql` or `shop/charts/postgresql`.
    pub(super) fn find(live: &Live, values: &Values, request: &Request, chart: &str) -> Result<Self> {
        if values.brings_secret() {
            return Ok(Self::default());
        }
        let name = fullname(values, &request.release.name, chart.rsplit('/').next().unwrap_or(chart));
        let own = values.namespace_override.as_deref().filter(|namespace| !namespace.is_empty());
        let namespace = own.unwrap_or(&request.release.namespace);
        let found =
            live.find(Wanted { api_version: "v1", kind: "Secret", namespace, name: &name }).map_err(|reason| {
                Diagnostic::error(format!("cannot read the live Secret `{name}`: {reason}"))
                    .help("give the passwords in the values, or leave out `--lookup`")
            })?;
        let data = found.as_ref().and_then(|secret| secret.get("data")?.as_object());
        let text = |value: &Json| String::from_utf8(STANDARD.decode(value.as_str()?).ok()?).ok();
        let entries = data.into_iter().flatten().filter_map(|(key, value)| Some((key.clone(), text(value)?)));
        Ok(Self { entries: entries.filter(|(_, text)| !text.is_empty()).collect() })
    }

    /// An entry.
    pub(super) fn get(&self, key: &str) -> Option<String> {
        self.entries.get(key).cloned()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("entries", &self.entries.len()).finish()
    }
}

/// The name of the release's objects, as `fullname()` of the chart's templates makes it.
fn fullname(values: &Values, release: &str, chart: &str) -> String {
    let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let cut = |text: &str| {
        let short: String = text.chars().take(50).collect();
        short.strip_suffix('-').map_or(short.clone(), str::to_owned)
    };
    let name = cut(&given(&values.name_override).unwrap_or_else(|| chart.to_owned()));
    let own = if release.contains(&name) { release.to_owned() } else { format!("{release}-{name}") };
    cut(&given(&values.fullname_override).unwrap_or_else(|| own.replace('.', "-")))
}

//! From chart, preset and flags to the values of a release.

use std::collections::BTreeSet;

use super::preset::{self, Preset};
use super::{Request, Result, Session};
use crate::chart::{Chart, satisfies};
use crate::diagnostic::{Diagnostic, Span};
use crate::values::{ValuePath, coalesce};
use crate::yaml::{Entry, Mapping, Node, Value};

/// A chart with its final values.
#[derive(Debug)]
pub struct Configured {
    /// The chart.
    pub chart: Chart,
    /// The merged values.
    pub values: Node,
    /// The name or path of the preset, when the chart has any.
    pub preset: Option<String>,
}

/// Reads the chart and all values and merges them: flags over files over values.yaml over the preset.
///
/// # Errors
/// Everything that is wrong with chart, files and flags.
pub fn configure(request: &Request, session: &mut Session<'_>) -> Result<Configured> {
    let chart = session.load(&request.chart)?;
    check_kube_version(&chart, request)?;
    let user = request.values.layer(session.input, &mut session.sources, &mut session.warnings)?;
    let preset = preset::choose(&chart, request.values.preset.as_deref(), &user, session)?;
    let values = merge(&chart, preset.as_ref(), user, session);
    Ok(Configured { chart, values, preset: preset.map(|preset| preset.name) })
}

/// Merges the three layers; `preset` always names the one that is used.
fn merge(chart: &Chart, preset: Option<&Preset>, user: Mapping, session: &mut Session<'_>) -> Node {
    let mut values = user;
    coalesce(&mut values, chart.values.clone(), &ValuePath::root(), &mut session.warnings);
    if let Some(preset) = preset {
        coalesce(&mut values, preset.values.clone(), &ValuePath::root(), &mut session.warnings);
        let id = session.sources.add("(preset)", preset.name.as_str());
        let span = Span::new(id, 0..preset.name.len());
        let node = Node::new(Value::String(preset.name.clone()), span);
        values.entry("preset".to_owned()).or_insert(Entry { key: span, node });
    }
    let place = values.values().next().map_or_else(|| Span::new(session.sources.add("values", ""), 0..0), |e| e.key);
    Node::new(Value::Map(values), place)
}

fn check_kube_version(chart: &Chart, request: &Request) -> Result<()> {
    let constraint = &chart.metadata.kube_version;
    let version = &request.capabilities.kube_version;
    if constraint.is_empty() || satisfies(constraint, version) {
        return Ok(());
    }
    let message = format!("the chart needs Kubernetes `{constraint}`, found {version}");
    let error = Diagnostic::error(message).help("name the cluster's version: `--kube-version 1.33`");
    Err(match chart.metadata.kube_version_span {
        Some(span) => error.at(span, ""),
        None => error,
    }
    .into())
}

impl Configured {
    /// The top-level keys of the values, for suggestions.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.values.as_map().into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }
}

//! From chart, preset and flags to the values of a release.

use super::preset::{self, Preset};
use super::{Request, Result, Session, sizing};
use crate::chart::{Chart, satisfies};
use crate::diagnostic::{Diagnostic, SourceId, Span};
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
    /// The text of the preset, or of the tuning that took its place.
    pub preset_source: Option<SourceId>,
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
    let mut preset = preset;
    let mut warnings = Vec::new();
    let mut values = merge(&chart, preset.as_ref(), user.clone(), &mut warnings);
    if let Some(preset) = preset.as_mut().filter(|_| chart.is_postgresql())
        && let Some((source, tuned)) = sizing::resize(preset, &values, session)?
    {
        preset.values = tuned;
        preset.source = source;
        warnings.clear();
        values = merge(&chart, Some(preset), user, &mut warnings);
    }
    if chart.is_postgresql() {
        restore_empty(&mut values, &chart.values);
    }
    session.warnings.append(&mut warnings);
    let values = rooted(values, preset.as_ref(), session);
    let (preset, preset_source) = preset.map(|preset| (preset.name, preset.source)).unzip();
    Ok(Configured { chart, values, preset, preset_source })
}

/// Merges the three layers: the user's over the chart's over the preset's.
fn merge(chart: &Chart, preset: Option<&Preset>, user: Mapping, warnings: &mut Vec<Diagnostic>) -> Mapping {
    let mut values = user;
    coalesce(&mut values, chart.values.clone(), &ValuePath::root(), warnings);
    if let Some(preset) = preset {
        coalesce(&mut values, preset.values.clone(), &ValuePath::root(), warnings);
    }
    values
}

/// Brings back empty defaults that a null deleted: here "not set" is spelled empty, and templates may rely on the key.
fn restore_empty(values: &mut Mapping, defaults: &Mapping) {
    for (key, default) in defaults {
        let empty = match &default.node.value {
            Value::String(text) => text.is_empty(),
            Value::List(items) => items.is_empty(),
            Value::Map(map) => map.is_empty(),
            _ => false,
        };
        match (values.get_mut(key).map(|entry| &mut entry.node.value), &default.node.value) {
            (None, _) if empty => {
                values.insert(key.clone(), default.clone());
            }
            (Some(Value::Map(below)), Value::Map(rest)) => restore_empty(below, rest),
            _ => {}
        }
    }
}

/// The values as one node; `preset` always names the preset that is used.
fn rooted(mut values: Mapping, preset: Option<&Preset>, session: &mut Session<'_>) -> Node {
    if let Some(preset) = preset {
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

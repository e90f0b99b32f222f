//! From chart, preset and flags to the values of a release.

use std::collections::BTreeMap;

use super::preset::{self, Preset};
use super::{Error, Request, Result, Session, sizing};
use crate::chart::{self, Chart, satisfies};
use crate::diagnostic::{self, Diagnostic, SourceId, Span};
use crate::values::{Nulls, ValuePath, coalesce_tables};
use crate::yaml::{Entry, Mapping, Node, Value};

/// A chart with its final values.
#[derive(Debug)]
pub struct Configured {
    /// The chart, with the subcharts that are on.
    pub chart: Chart,
    /// The merged values.
    pub values: Node,
    /// The presets in force by the path of their chart: `postgresql`, `shop/charts/postgresql`.
    pub presets: BTreeMap<String, Chosen>,
    /// Whether the charts' schemas are left out.
    pub skip_schema: bool,
}

/// The preset of a chart.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// Its name or path.
    pub name: String,
    /// Its text, or that of the tuning that took its place.
    pub source: SourceId,
}

/// Reads the chart and all values and merges them: flags over files over values.yaml over the preset.
///
/// # Errors
/// Everything that is wrong with chart, files and flags.
pub fn configure(request: &Request, session: &mut Session<'_>) -> Result<Configured> {
    let mut chart = of_rule(session.load(&request.chart), "CHT001")?;
    of_rule(check_kube_version(&chart, request), "CHT002")?;
    let layer = request.values.layer(session.input, &mut session.sources, &mut session.warnings);
    let user = of_rule(layer.map_err(Error::from), "VAL001")?;
    of_rule(chart::resolve(&mut chart, &user, &mut session.warnings).map_err(Error::from), "CHT003")?;
    let mut values = of_rule(chart::coalesce(&chart, user, &mut session.warnings).map_err(Error::from), "VAL006")?;
    let mut presets = BTreeMap::new();
    for (path, chart) in chart.family() {
        let flag = request.values.preset.as_deref().filter(|_| chart.metadata.is_root);
        if let Some(own) = values_mut(&mut values, &path)
            && let Some(chosen) = of_rule(complete(chart, own, flag, session), "VAL014")?
        {
            presets.insert(path, chosen);
        }
    }
    let place = values.values().next().map_or_else(|| Span::new(session.sources.add("values", ""), 0..0), |e| e.key);
    let values = Node::new(Value::Map(values), place);
    Ok(Configured { chart, values, presets, skip_schema: request.skip_schema_validation })
}

/// Marks what went wrong in a stage as findings of a lint rule.
fn of_rule<T>(result: Result<T>, rule: &'static str) -> Result<T> {
    result.map_err(|error| match error {
        Error::Input(mut list) => {
            diagnostic::mark(&mut list, rule);
            Error::Input(list)
        }
        other @ Error::Environment(_) => other,
    })
}

/// The part of the values that belongs to a chart of the family.
fn values_mut<'a>(values: &'a mut Mapping, path: &str) -> Option<&'a mut Mapping> {
    let mut names = path.split("/charts/").skip(1);
    names.try_fold(values, |values, name| values.get_mut(name)?.node.as_map_mut())
}

/// Fills what a chart's values leave open with its preset, tuned anew when the user changed the sizes; afterwards
/// `preset` always names the preset that is used.
fn complete(
    chart: &Chart,
    values: &mut Mapping,
    flag: Option<&str>,
    session: &mut Session<'_>,
) -> Result<Option<Chosen>> {
    let preset = preset::choose(chart, flag, values, session)?;
    let mut chosen = None;
    if let Some(mut preset) = preset {
        let given = values.clone();
        let mut warnings = Vec::new();
        fill(values, &preset, &mut warnings);
        if chart.is_postgresql()
            && let Some((source, tuned)) = sizing::resize(&preset, values, session)?
        {
            preset = Preset { values: tuned, source, ..preset };
            *values = given;
            warnings.clear();
            fill(values, &preset, &mut warnings);
        }
        session.warnings.append(&mut warnings);
        let id = session.sources.add("(preset)", preset.name.as_str());
        let span = Span::new(id, 0..preset.name.len());
        let node = Node::new(Value::String(preset.name.clone()), span);
        values.entry("preset".to_owned()).or_insert(Entry { key: span, node });
        chosen = Some(Chosen { name: preset.name, source: preset.source });
    }
    if chart.is_postgresql() {
        restore_empty(values, &chart.values);
    }
    Ok(chosen)
}

fn fill(values: &mut Mapping, preset: &Preset, warnings: &mut Vec<Diagnostic>) {
    coalesce_tables(values, preset.values.clone(), Nulls::Delete, &ValuePath::root(), warnings);
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

fn check_kube_version(chart: &Chart, request: &Request) -> Result<()> {
    let constraint = &chart.metadata.kube_version;
    // A provider's suffix (`-gke.1`) says nothing about what the cluster can do.
    let full = &request.capabilities.kube_version;
    let version = &semver::Version::new(full.major, full.minor, full.patch);
    if constraint.is_empty() || satisfies(constraint, version) {
        return Ok(());
    }
    let message = format!("chart requires kubeVersion: {constraint} which is incompatible with Kubernetes v{version}");
    let error = Diagnostic::error(message).help("name the cluster's version: `--kube-version 1.33`");
    Err(match chart.metadata.kube_version_span {
        Some(span) => error.at(span, ""),
        None => error,
    }
    .into())
}

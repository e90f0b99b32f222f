//! What templates see: `Values`, `Release`, `Chart`, `Capabilities`, `Files`, `Subcharts`, `Template`, with Helm's field
//! names; every chart has its own.

use std::collections::BTreeMap;

use minijinja::value::{Serde, Value};
use minijinja::{Error, ErrorKind};

use super::capabilities::{Capabilities, capabilities_value};
use super::files::Files;
use crate::chart::Chart;
use crate::yaml::{Mapping, Node, Value as Yaml};

/// The release that is rendered.
#[derive(Clone, Debug)]
pub struct ReleaseInfo {
    /// Its name.
    pub name: String,
    /// The namespace it goes to.
    pub namespace: String,
    /// Whether it is an upgrade rather than an install.
    pub is_upgrade: bool,
}

/// The objects of one render, chart by chart.
#[derive(Debug)]
pub struct Objects {
    /// By the path of the chart: `app`, `app/charts/redis`.
    charts: BTreeMap<String, Vec<(&'static str, Value)>>,
}

impl Objects {
    /// Helm's objects for a chart and its subcharts, their values and a release.
    pub fn new(chart: &Chart, values: &Node, release: &ReleaseInfo, capabilities: &Capabilities) -> Self {
        let shared = [("Release", release_value(release)), ("Capabilities", capabilities_value(capabilities))];
        let mut objects = Self { charts: BTreeMap::new() };
        objects.add_chart(&chart.metadata.name, chart, values, &shared);
        objects
    }

    /// Adds a chart and those below it; returns its objects as one value, which its parent sees in `Subcharts`.
    fn add_chart(&mut self, path: &str, chart: &Chart, values: &Node, shared: &[(&'static str, Value)]) -> Value {
        let nothing = Node::new(Yaml::Map(Mapping::new()), values.span);
        let subcharts: Vec<(String, Value)> = chart
            .subcharts
            .iter()
            .map(|sub| {
                let name = &sub.metadata.name;
                let values = values.get(name).filter(|node| node.as_map().is_some()).unwrap_or(&nothing);
                (name.clone(), self.add_chart(&format!("{path}/charts/{name}"), sub, values, shared))
            })
            .collect();
        let mut entries = vec![
            ("Values", to_value(values)),
            ("Chart", Value::from(Serde(&chart.metadata))),
            ("Files", Value::from_object(Files::of(chart))),
            ("Subcharts", Value::from_pairs(subcharts)),
        ];
        entries.extend(shared.iter().cloned());
        let all = Value::from_pairs(entries.iter().cloned());
        self.charts.insert(path.to_owned(), entries);
        all
    }

    /// Adds an object of a chart's own domain; `chart` is its path.
    pub fn add(&mut self, chart: &str, name: &'static str, value: Value) {
        self.charts.entry(chart.to_owned()).or_default().push((name, value));
    }

    /// What one template of a chart sees.
    pub(super) fn context(&self, chart: &str, template: &str) -> Value {
        let base = format!("{chart}/templates");
        let own = Value::from_pairs([("Name", template), ("BasePath", base.as_str())]);
        let entries = self.charts.get(chart).into_iter().flatten().cloned();
        Value::from_pairs(entries.chain([("Template", own)]))
    }
}

pub(super) fn to_value(node: &Node) -> Value {
    match &node.value {
        Yaml::Null => Value::from(()),
        Yaml::Bool(flag) => Value::from(*flag),
        Yaml::Int(number) => Value::from(*number),
        Yaml::Float(number) => Value::from(*number),
        Yaml::String(text) => Value::from(text.as_str()),
        Yaml::List(items) => items.iter().map(to_value).collect(),
        Yaml::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by_key(|(key, _)| key.as_str());
            Value::from_pairs(entries.into_iter().map(|(key, entry)| (key.as_str(), to_value(&entry.node))))
        }
    }
}

fn release_value(release: &ReleaseInfo) -> Value {
    Value::from_pairs([
        ("Name", Value::from(release.name.as_str())),
        ("Namespace", Value::from(release.namespace.as_str())),
        ("Revision", Value::from(1)),
        ("IsInstall", Value::from(!release.is_upgrade)),
        ("IsUpgrade", Value::from(release.is_upgrade)),
        ("Service", Value::from("Helm")),
    ])
}

/// The error about a method that an object does not have.
pub(super) fn unknown_method(object: &str, method: &str, known: &[&str]) -> Error {
    let hint = crate::diagnostic::did_you_mean(method, known.iter().copied());
    let known = known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let detail = format!("`{object}` has no `{method}`; it has {known}");
    let detail = hint.map_or(detail.clone(), |hint| format!("{detail}: {hint}"));
    Error::new(ErrorKind::UnknownMethod, detail)
}

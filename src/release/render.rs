//! From values to manifests and notes.

use std::borrow::Cow;
use std::thread;

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::credentials::{
    Credential, RepositorySecret, credentials, join, patroni_password, pgadmin_password, repository_secrets,
};
use super::kept::Kept;
use super::randomness::entropy;
use super::{Configured, Request, Result, Session};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Severity, Sources};
use crate::engine::{Engine, Objects, Rendered};
use crate::manifest::{self, Manifest};
use crate::postgres::check;
use crate::postgres::facts::Facts;
use crate::schema;
use crate::schema::types::Values;
use crate::yaml::Node;

/// A rendered release.
#[derive(Debug)]
pub struct Release {
    /// The chart's name.
    pub chart: String,
    /// The objects, in install order.
    pub manifests: Vec<Manifest>,
    /// The objects of `crds/`, in file order.
    pub crds: Vec<Manifest>,
    /// The hooks, in install order.
    pub hooks: Vec<Manifest>,
    /// The chart's words to the user.
    pub notes: Option<String>,
}

/// Checks the values and renders the chart with them.
///
/// # Errors
/// Everything that is wrong with the values or the templates, at the place that wrote it.
pub fn render(configured: &Configured, request: &Request, session: &mut Session<'_>) -> Result<Release> {
    let databases = examine(configured, session)?;
    let mut objects = Objects::new(&configured.chart, &configured.values, &request.release, &request.capabilities);
    let (sources, notices) = (&session.sources, &mut session.notices);
    let live = session.live.clone();
    let secrets = |database: &Database| {
        let release = owner(&request.release.name, &database.chart);
        let kept = Kept::find(&live, &database.values, request, &database.chart)?;
        let roles = credentials(&database.values, request, &release, &kept, notices)?;
        let pgadmin_password = pgadmin_password(&database.values, request, &release, notices)?;
        let patroni_password = patroni_password(&database.values, request, &release, &kept, notices)?;
        let repository = repository_secrets(&database.values, request, &release, notices)?;
        Ok(Secrets { roles, pgadmin_password, patroni_password, repository })
    };
    let (engine, secrets) = both(
        || Engine::new(&configured.chart, sources),
        (!databases.is_empty()).then_some(|| databases.iter().map(secrets).collect::<Result<Vec<_>>>()),
    );
    for (database, secrets) in databases.iter().zip(secrets.transpose()?.into_iter().flatten()) {
        let postgres = Postgres { facts: Facts::new(&database.values), secrets };
        objects.add(&database.chart, "Postgres", Value::from(Serde(postgres)));
    }
    let engine = engine?;
    let (entropy, notice) = entropy(request);
    let rendered = engine.with_entropy(entropy).with_live(session.live.clone()).render(&objects, &session.sources);
    session.notices.extend(notice.take());
    let rendered = rendered?;
    let notes = notes(&rendered, &configured.chart.metadata.name);
    let mut all = Vec::new();
    let mut errors = Vec::new();
    for file in rendered.iter().filter(|file| !file.path.ends_with("NOTES.txt")) {
        match manifest::parse(file, &mut session.sources, &mut session.warnings) {
            Ok(manifests) => all.extend(manifests),
            Err(list) => errors.extend(list),
        }
    }
    errors.extend(manifest::duplicates(&all));
    let crds = crds(&configured.chart, session, &mut errors);
    if !errors.is_empty() {
        return Err(errors.into());
    }
    let (mut hooks, mut manifests): (Vec<_>, Vec<_>) = all.into_iter().partition(|manifest| manifest.hook.is_some());
    manifest::sort(&mut manifests);
    manifest::sort(&mut hooks);
    Ok(Release { chart: configured.chart.metadata.name.clone(), manifests, crds, hooks, notes })
}

/// A chart of the PostgreSQL contract, on its own or somewhere below the root, with its values typed.
struct Database {
    /// The path of the chart: `postgresql`, `shop/charts/postgresql`.
    chart: String,
    values: Values,
}

/// Two pieces of work at the same time; a thread is only made when there is a second one.
fn both<A: Send, B>(first: impl FnOnce() -> A + Send, second: Option<impl FnOnce() -> B>) -> (A, Option<B>) {
    let Some(second) = second else { return (first(), None) };
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (join(first), Some(second))
    })
}

/// Whom a database's passwords belong to: the release, and below the root the chart in it, so that two databases of one
/// release differ.
fn owner(release: &str, chart: &str) -> String {
    match chart.split_once("/charts/") {
        None => release.to_owned(),
        Some((_, inside)) => format!("{release}/{inside}"),
    }
}

/// The values of a chart in the family; nothing when they are not there.
fn values_of<'a>(root: &'a Node, chart: &str) -> Option<&'a Node> {
    chart.split("/charts/").skip(1).try_fold(root, |node, name| node.get(name))
}

/// What the contract checks of a chart's values. Below the root `global` belongs to all charts, and the parent's switch
/// for the subchart stands among its values; neither is a mistake of the one who wrote the values.
fn contract_values<'a>(configured: &'a Configured, path: &str, chart: &Chart) -> Option<Cow<'a, Node>> {
    let values = values_of(&configured.values, path)?;
    let Some((parent, name)) = path.rsplit_once("/charts/").filter(|_| chart.is_postgresql()) else {
        return Some(Cow::Borrowed(values));
    };
    let properties = chart.schema.as_ref().map(|schema| &schema["properties"]).filter(|list| list.is_object());
    let Some(properties) = properties else { return Some(Cow::Borrowed(values)) };
    let mut values = values.clone();
    let family = configured.chart.family();
    let declared = family.iter().find(|(path, _)| path == parent).map(|(_, chart)| &chart.metadata.dependencies);
    let entry = declared.into_iter().flatten().find(|dependency| dependency.name == name);
    let switches: Vec<&str> = entry
        .into_iter()
        .flat_map(|entry| entry.condition.split(','))
        .filter_map(|path| path.strip_prefix(name)?.strip_prefix('.'))
        .collect();
    if let Some(map) = values.as_map_mut() {
        map.retain(|key, _| !switches.contains(&key.as_str()) || properties.get(key).is_some());
        if let Some(global) = map.get_mut("global").and_then(|entry| entry.node.as_map_mut()) {
            global.retain(|key, _| properties["global"]["properties"].get(key).is_some());
        }
    }
    Some(Cow::Owned(values))
}

/// Every chart's schema against its part of the values, the root's against all of them.
fn check_schemas(configured: &Configured) -> Result<()> {
    let mut found = Vec::new();
    for (path, chart) in configured.chart.family() {
        let Some((schema, values)) = chart.schema.as_ref().zip(contract_values(configured, &path, chart)) else {
            continue;
        };
        match schema::validate(schema, &values, &chart.tree) {
            Ok(list) => found.extend(list),
            Err(error) => found.push(*error),
        }
    }
    if found.is_empty() { Ok(()) } else { Err(found.into()) }
}

/// Checks the values against the schemas and, where they follow the PostgreSQL contract, against what PostgreSQL
/// demands; returns those. Compiling a schema takes long, so both are done at once.
fn examine(configured: &Configured, session: &mut Session<'_>) -> Result<Vec<Database>> {
    let sources = &session.sources;
    let mut charts = configured.chart.family();
    charts.retain(|(_, chart)| chart.is_postgresql());
    let check = |(path, chart): &(String, &Chart)| {
        let values = contract_values(configured, path, chart)?;
        Some((check_postgresql(configured, &values, path, sources), path.clone()))
    };
    let (schemas, databases) = both(
        || if configured.skip_schema { Ok(()) } else { check_schemas(configured) },
        (!charts.is_empty()).then_some(|| charts.iter().filter_map(check).collect::<Vec<_>>()),
    );
    // What breaks the schema would be told a second time, and worse.
    schemas?;
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (checked, chart) in databases.into_iter().flatten() {
        let (values, found) = checked?;
        let (wrong, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.severity == Severity::Error);
        session.warnings.extend(warnings);
        errors.extend(wrong);
        all.push(Database { chart, values });
    }
    if errors.is_empty() { Ok(all) } else { Err(errors.into()) }
}

fn check_postgresql(
    configured: &Configured,
    node: &Node,
    chart: &str,
    sources: &Sources,
) -> Result<(Values, Vec<Diagnostic>)> {
    let values: Values = serde_json::from_value(node.to_json()).map_err(|error| {
        Diagnostic::error(format!("the values do not have the form of a PostgreSQL chart's: {error}"))
            .help("check them against the schema: leave out `--skip-schema-validation`")
    })?;
    let preset = configured.presets.get(chart).map(|preset| preset.source);
    let found = check::check(check::Subject { node, values: &values, sources, preset });
    Ok((values, found))
}

/// What templates see as `Postgres`.
#[derive(Serialize)]
struct Postgres {
    #[serde(flatten)]
    facts: Facts,
    #[serde(flatten)]
    secrets: Secrets,
}

/// What the Secrets hold.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    #[serde(rename = "secrets")]
    roles: Vec<Credential>,
    pgadmin_password: Option<String>,
    patroni_password: Option<String>,
    #[serde(rename = "repositorySecrets")]
    repository: Vec<RepositorySecret>,
}

/// The documents of `crds/*.yaml` of a chart and its subcharts, which are never templates.
fn crds(chart: &Chart, session: &mut Session<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Manifest> {
    chart.family().iter().flat_map(|(path, chart)| crds_of(path, chart, session, errors)).collect()
}

fn crds_of(chart_path: &str, chart: &Chart, session: &mut Session<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Manifest> {
    let is_crd = |path: &&str| {
        let name = path.to_lowercase();
        name.starts_with("crds/") && [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
    };
    let mut all = Vec::new();
    for path in chart.tree.paths().filter(is_crd) {
        let parsed = chart.tree.text(path).map_err(|error| vec![*error]).and_then(|text| {
            let source = session.sources.add(chart.tree.display(path), text.as_str());
            let file = Rendered::verbatim(format!("{chart_path}/{path}"), text, source);
            manifest::parse(&file, &mut session.sources, &mut session.warnings)
        });
        match parsed {
            Ok(manifests) => all.extend(manifests),
            Err(list) => errors.extend(list),
        }
    }
    all
}

fn notes(rendered: &[Rendered], chart: &str) -> Option<String> {
    let path = format!("{chart}/templates/NOTES.txt");
    rendered.iter().find(|file| file.path == path).map(|file| file.text.trim_end().to_owned() + "\n")
}

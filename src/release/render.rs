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
use super::{Configured, Error, Request, Result, Session};
use crate::chart::Chart;
use crate::diagnostic::{Diagnostic, Severity, Sources, mark};
use crate::engine::{Engine, Live, Objects, Rendered};
use crate::manifest::{self, Manifest};
use crate::postgres::check;
use crate::postgres::facts::Facts;
use crate::schema;
use crate::schema::types::Values;
use crate::yaml::Node;

/// A rendered release.
#[derive(Debug, Default)]
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
    let (release, errors) = build(configured, request, session, Wrong::Ends)?;
    if errors.is_empty() { Ok(release) } else { Err(errors.into()) }
}

/// The same for those who want to see as much as possible: what could be rendered, beside everything that is wrong.
///
/// Values that break their schema are the end of it, as nobody knows what templates would make of them.
///
/// # Errors
/// When the environment fails.
pub fn survey(
    configured: &Configured,
    request: &Request,
    session: &mut Session<'_>,
) -> anyhow::Result<(Option<Release>, Vec<Diagnostic>)> {
    match build(configured, request, session, Wrong::IsRendered) {
        Ok((release, errors)) => Ok((Some(release), errors)),
        Err(Error::Input(list)) => Ok((None, list)),
        Err(Error::Environment(error)) => Err(error),
    }
}

/// What becomes of values that PostgreSQL will not take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Ends,
    IsRendered,
}

/// The databases with their secrets, and what PostgreSQL would refuse of them.
type Examined = (Vec<(Database, Secrets)>, Vec<Diagnostic>);

/// Checks the values, renders the templates and reads what they rendered; whatever fails is in the list.
fn build(
    configured: &Configured,
    request: &Request,
    session: &mut Session<'_>,
    wrong: Wrong,
) -> Result<(Release, Vec<Diagnostic>)> {
    let mut objects = Objects::new(&configured.chart, &configured.values, &request.release, &request.capabilities);
    let live = session.live.clone();
    let Session { sources, warnings, notices, .. } = &mut *session;
    let sources = &*sources;
    let has_database = configured.chart.family().iter().any(|(_, chart)| chart.is_postgresql());
    // The templates do not ask for the values until they are rendered.
    let (engine, examined) = both(
        has_database,
        || Engine::new(&configured.chart, sources),
        || -> Result<Examined> {
            let (databases, found) = examine(configured, sources, warnings)?;
            if wrong == Wrong::Ends && !found.is_empty() {
                return Err(found.into());
            }
            let with_secrets = databases.into_iter().map(|database| {
                let secrets = Secrets::of(&database, request, &live, notices)?;
                Ok((database, secrets))
            });
            Ok((with_secrets.collect::<Result<_>>()?, found))
        },
    );
    let (databases, mut errors) = examined?;
    for (database, secrets) in databases {
        let postgres = Postgres { facts: Facts::new(&database.values), secrets };
        objects.add(&database.chart, "Postgres", Value::from(Serde(postgres)));
    }
    let engine = engine.map_err(|list| marked(list, "TPL001"))?;
    let (entropy, notice) = entropy(request);
    let (rendered, failed) = engine.with_entropy(entropy).with_live(live).attempt(&objects, &session.sources);
    session.notices.extend(notice.take());
    // What did not render leaves holes: what the rest says of them would only repeat it.
    errors.extend(marked(failed, "TPL003"));
    if wrong == Wrong::Ends && !errors.is_empty() {
        return Err(errors.into());
    }
    let notes = notes(&rendered, &configured.chart.metadata.name);
    let mut all = Vec::new();
    for file in rendered.iter().filter(|file| !file.path.ends_with("NOTES.txt")) {
        match manifest::parse(file, &mut session.sources, &mut session.warnings) {
            Ok(manifests) => all.extend(manifests),
            Err(list) => errors.extend(marked(list, "TPL004")),
        }
    }
    errors.extend(marked(manifest::duplicates(&all), "K8S007"));
    let crds = crds(&configured.chart, session, &mut errors);
    let (mut hooks, mut manifests): (Vec<_>, Vec<_>) = all.into_iter().partition(|manifest| manifest.hook.is_some());
    manifest::sort(&mut manifests);
    manifest::sort(&mut hooks);
    Ok((Release { chart: configured.chart.metadata.name.clone(), manifests, crds, hooks, notes }, errors))
}

fn marked(mut list: Vec<Diagnostic>, rule: &'static str) -> Vec<Diagnostic> {
    mark(&mut list, rule);
    list
}

/// A chart of the PostgreSQL contract, on its own or somewhere below the root, with its values typed.
struct Database {
    /// The path of the chart: `postgresql`, `shop/charts/postgresql`.
    chart: String,
    values: Values,
}

/// Two pieces of work, at the same time when that is worth a thread.
fn both<A: Send, B>(worth: bool, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    if !worth {
        return (first(), second());
    }
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (join(first), second)
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
    let properties = chart.schema().map(|schema| &schema["properties"]).filter(|list| list.is_object());
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
        let Some(values) = contract_values(configured, &path, chart) else { continue };
        if schema::fits(&chart.tree, &values) {
            continue;
        }
        let Some(schema) = chart.schema() else { continue };
        match schema::validate(schema, &values, &chart.tree) {
            Ok(list) => found.extend(list),
            Err(error) => found.push(*error),
        }
    }
    if found.is_empty() { Ok(()) } else { Err(marked(found, "VAL002").into()) }
}

/// Checks the values against the schemas and, where they follow the PostgreSQL contract, against what PostgreSQL
/// demands; returns those, and what PostgreSQL would refuse. Both take their time, so they are done at once.
fn examine(
    configured: &Configured,
    sources: &Sources,
    warnings: &mut Vec<Diagnostic>,
) -> Result<(Vec<Database>, Vec<Diagnostic>)> {
    let mut charts = configured.chart.family();
    charts.retain(|(_, chart)| chart.is_postgresql());
    let check = |(path, chart): &(String, &Chart)| {
        let values = contract_values(configured, path, chart)?;
        Some((check_postgresql(configured, &values, path, sources), path.clone()))
    };
    let (schemas, databases) = both(
        !charts.is_empty(),
        || if configured.skip_schema { Ok(()) } else { check_schemas(configured) },
        || charts.iter().filter_map(check).collect::<Vec<_>>(),
    );
    // What breaks the schema would be told a second time, and worse.
    schemas?;
    let (mut all, mut errors) = (Vec::new(), Vec::new());
    for (checked, chart) in databases {
        let (values, found) = checked?;
        let (wrong, doubtful): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.severity == Severity::Error);
        warnings.extend(doubtful);
        errors.extend(wrong);
        all.push(Database { chart, values });
    }
    Ok((all, errors))
}

fn check_postgresql(
    configured: &Configured,
    node: &Node,
    chart: &str,
    sources: &Sources,
) -> Result<(Values, Vec<Diagnostic>)> {
    let values: Values = serde_json::from_value(node.to_json()).map_err(|error| {
        Diagnostic::error(format!("the values do not have the form of a PostgreSQL chart's: {error}"))
            .of_rule("VAL002")
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

impl Secrets {
    /// Derives what the database's values do not give; what is worth telling about it goes to `notices`.
    fn of(database: &Database, request: &Request, live: &Live, notices: &mut Vec<String>) -> Result<Self> {
        let (values, release) = (&database.values, owner(&request.release.name, &database.chart));
        let kept = Kept::find(live, values, request, &database.chart)?;
        Ok(Self {
            roles: credentials(values, request, &release, &kept, notices)?,
            pgadmin_password: pgadmin_password(values, request, &release, notices)?,
            patroni_password: patroni_password(values, request, &release, &kept, notices)?,
            repository: repository_secrets(values, request, &release, notices)?,
        })
    }
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
            Err(list) => errors.extend(marked(list, "CHT018")),
        }
    }
    all
}

fn notes(rendered: &[Rendered], chart: &str) -> Option<String> {
    let path = format!("{chart}/templates/NOTES.txt");
    rendered.iter().find(|file| file.path == path).map(|file| file.text.trim_end().to_owned() + "\n")
}

//! From values to manifests and notes.

use std::thread;

use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::credentials::{Credential, credentials, join};
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
    let values = examine(configured, request, session)?;
    let mut objects = Objects::new(&configured.chart, &configured.values, &request.release, &request.capabilities);
    let engine = match values {
        None => Engine::new(&configured.chart, &session.sources)?,
        Some(values) => {
            let (engine, secrets) = thread::scope(|scope| {
                let sources = &session.sources;
                let engine = scope.spawn(|| Engine::new(&configured.chart, sources));
                let secrets = credentials(&values, request, &mut session.notices);
                (join(engine), secrets)
            });
            let postgres = Postgres { facts: Facts::new(&values), secrets: secrets? };
            objects.add("Postgres", Value::from(Serde(postgres)));
            engine?
        }
    };
    let (entropy, notice) = entropy(request);
    let rendered = engine.with_entropy(entropy).render(&objects, &session.sources);
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

fn check_schema(configured: &Configured, request: &Request) -> Result<()> {
    let Some(schema) = configured.chart.schema.as_ref().filter(|_| !request.skip_schema_validation) else {
        return Ok(());
    };
    let name = configured.chart.tree.display("values.schema.json");
    let found = schema::validate(schema, &configured.values, &name)?;
    if found.is_empty() { Ok(()) } else { Err(found.into()) }
}

/// Checks the values against the schema and, when they follow the PostgreSQL contract, against what PostgreSQL demands;
/// returns them typed in that case. Compiling the schema takes long, so both are done at once.
fn examine(configured: &Configured, request: &Request, session: &mut Session<'_>) -> Result<Option<Values>> {
    if !configured.chart.is_postgresql() {
        return check_schema(configured, request).map(|()| None);
    }
    let sources = &session.sources;
    let (schema, postgresql) = thread::scope(|scope| {
        let schema = scope.spawn(|| check_schema(configured, request));
        let postgresql = check_postgresql(configured, sources);
        (join(schema), postgresql)
    });
    // What breaks the schema would be told a second time, and worse.
    schema?;
    let (values, found) = postgresql?;
    let (errors, warnings): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.severity == Severity::Error);
    session.warnings.extend(warnings);
    if errors.is_empty() { Ok(Some(values)) } else { Err(errors.into()) }
}

fn check_postgresql(configured: &Configured, sources: &Sources) -> Result<(Values, Vec<Diagnostic>)> {
    let values: Values = serde_json::from_value(configured.values.to_json()).map_err(|error| {
        Diagnostic::error(format!("the values do not have the form of a PostgreSQL chart's: {error}"))
            .help("check them against the schema: leave out `--skip-schema-validation`")
    })?;
    let (node, preset) = (&configured.values, configured.preset_source);
    let found = check::check(check::Subject { node, values: &values, sources, preset });
    Ok((values, found))
}

/// What templates see as `Postgres`.
#[derive(Serialize)]
struct Postgres {
    #[serde(flatten)]
    facts: Facts,
    secrets: Vec<Credential>,
}

/// The documents of `crds/*.yaml`, which are never templates.
fn crds(chart: &Chart, session: &mut Session<'_>, errors: &mut Vec<Diagnostic>) -> Vec<Manifest> {
    let is_crd = |path: &&str| {
        let name = path.to_lowercase();
        name.starts_with("crds/") && [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
    };
    let mut all = Vec::new();
    for path in chart.tree.paths().filter(is_crd) {
        let parsed = chart.tree.text(path).map_err(|error| vec![*error]).and_then(|text| {
            let source = session.sources.add(chart.tree.display(path), text.as_str());
            let file = Rendered::verbatim(format!("{}/{path}", chart.metadata.name), text, source);
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

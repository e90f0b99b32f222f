//! One run: reads, renders, and lets every rule look.

use std::cell::OnceCell;

use super::object::Object;
use super::place::Places;
use super::{Selection, Subject};
use crate::chart::{Builtin, Tree};
use crate::diagnostic::{self, Diagnostic, SourceId, Sources, Span};
use crate::engine::{Capabilities, ReleaseInfo, Rendered};
use crate::manifest::{self, Manifest};
use crate::release::{ChartSource, Configured, Error, Request, Session, configure, survey};
use crate::values::UNREADABLE;
use crate::yaml::{Limits, Mapping, Node, Value, read_range};

/// What a run found.
pub type Inspected = crate::release::Result<Vec<Diagnostic>>;

/// Lints a chart with its values.
///
/// # Errors
/// When a file cannot be read: what is wrong with those that can be is a finding.
pub fn inspect(request: &Request, selection: &Selection, session: &mut Session<'_>) -> Inspected {
    let tree = match &request.chart {
        ChartSource::Builtin => Builtin::tree(),
        ChartSource::Path(path) => Tree::from_path(path, &mut session.sources)?,
    };
    let mut found = Vec::new();
    let (mut configured, mut release) = (None, None);
    match configure(request, session) {
        Ok(done) => configured = Some(done),
        Err(Error::Input(list)) if list.iter().any(|one| one.rule == Some(UNREADABLE)) => {
            return Err(Error::Input(list));
        }
        Err(Error::Input(list)) => found.extend(list),
        Err(error) => return Err(error),
    }
    if let Some(configured) = &configured {
        let (rendered, errors) = survey(configured, request, session)?;
        found.extend(errors);
        release = rendered;
    }
    let complete = release.is_some() && !found.iter().any(|one| one.rule.is_some_and(|rule| rule.starts_with("TPL")));
    let release = release.unwrap_or_default();
    let manifests: Vec<&Manifest> = release.manifests.iter().chain(&release.hooks).chain(&release.crds).collect();
    hide_secrets(&manifests, &mut session.sources);
    found.append(&mut session.warnings);
    diagnostic::mark(&mut found, "CHT003");
    let chart_file = chart_file(&tree, &mut session.sources);
    let layers = request.values.file_layers(&session.sources);
    let world = World {
        tree: Some(&tree),
        chart_file: chart_file.as_ref(),
        configured: configured.as_ref(),
        layers: &layers,
        release: &request.release,
        capabilities: &request.capabilities,
        complete,
    };
    Ok(run(&world, &manifests, selection, &session.sources, found))
}

/// Lints manifests that somebody else rendered.
///
/// # Errors
/// When a file cannot be read.
pub fn inspect_manifests(
    files: Vec<(String, String)>,
    capabilities: &Capabilities,
    selection: &Selection,
    sources: &mut Sources,
) -> Vec<Diagnostic> {
    let (mut all, mut found) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let id = sources.add(name.as_str(), text.as_str());
        match manifest::parse(&Rendered::verbatim(name, text, id), sources, &mut found) {
            Ok(manifests) => all.extend(manifests.into_iter().flat_map(Manifest::unlisted)),
            Err(mut list) => {
                diagnostic::mark(&mut list, "TPL004");
                found.extend(list);
            }
        }
    }
    let mut doubles = manifest::duplicates(&all);
    diagnostic::mark(&mut doubles, "K8S007");
    found.extend(doubles);
    let manifests: Vec<&Manifest> = all.iter().collect();
    hide_secrets(&manifests, sources);
    let release = ReleaseInfo { name: common_name(&manifests), namespace: "default".to_owned(), is_upgrade: false };
    let world = World {
        tree: None,
        chart_file: None,
        configured: None,
        layers: &[],
        release: &release,
        capabilities,
        complete: found.is_empty(),
    };
    run(&world, &manifests, selection, sources, found)
}

/// What was read, without the texts.
struct World<'a> {
    tree: Option<&'a Tree>,
    chart_file: Option<&'a Node>,
    configured: Option<&'a Configured>,
    layers: &'a [Mapping],
    release: &'a ReleaseInfo,
    capabilities: &'a Capabilities,
    complete: bool,
}

fn run(
    world: &World<'_>,
    manifests: &[&Manifest],
    selection: &Selection,
    sources: &Sources,
    mut found: Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let version = &world.capabilities.kube_version;
    let subject = Subject {
        sources,
        tree: world.tree,
        chart_file: world.chart_file,
        configured: world.configured,
        layers: world.layers,
        release: world.release,
        kubernetes: (version.major, version.minor),
        objects: manifests.iter().map(|manifest| Object::new(manifest)).collect(),
        complete: world.complete,
        servers: OnceCell::new(),
    };
    for rule in selection.rules() {
        if let Some(check) = rule.check {
            check(&subject, &mut found);
        }
    }
    let places = Places::new(sources, world.configured, manifests.iter().copied());
    diagnostic::dedup(found.into_iter().map(|one| places.resolve(one)).collect())
}

/// Chart.yaml with its places; what is wrong with its YAML is told by those who read the chart.
fn chart_file(tree: &Tree, sources: &mut Sources) -> Option<Node> {
    let text = tree.text("Chart.yaml").ok()?;
    let name = tree.display("Chart.yaml");
    let id: SourceId = sources.named(&name).unwrap_or_else(|| sources.add(name, text.as_str()));
    read_range(sources, id, 0..text.len(), Limits::default()).ok()?.documents.into_iter().next()
}

/// What Secrets hold is not shown, whatever line a finding is on.
fn hide_secrets(manifests: &[&Manifest], sources: &mut Sources) {
    for manifest in manifests.iter().filter(|manifest| manifest.identity.kind == "Secret") {
        for key in ["data", "stringData"] {
            let entries = manifest.root.get(key).and_then(Node::as_map).into_iter().flatten();
            for (_, entry) in entries {
                let span = entry.node.span;
                if entry.node.is_null() || matches!(entry.node.value, Value::List(_) | Value::Map(_)) {
                    continue;
                }
                sources.hide(span);
                // Plain text of a template or manifest is as secret there; an expression only names it.
                if manifest.map.expression(span.range().start).is_none()
                    && let Some(place) = manifest.map.locate(span.range().start)
                {
                    let start = place.range().start;
                    sources.hide(Span::new(place.source, start..start + span.range().len()));
                }
            }
        }
    }
}

/// The name that manifests of one release have in common: the shortest name of a workload that begins all of them.
fn common_name(manifests: &[&Manifest]) -> String {
    let workloads = ["StatefulSet", "Deployment", "DaemonSet"];
    let names = manifests.iter().filter(|m| workloads.contains(&m.identity.kind.as_str())).map(|m| &m.identity.name);
    names.min_by_key(|name| name.len()).cloned().unwrap_or_default()
}

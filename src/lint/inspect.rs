//! One run: reads, renders, and lets every rule look.

use semver::Version;

use super::Selection;
use super::object::Object;
use super::place::Places;
use super::rule::Check;
use super::subject::{Shared, Subject};
use crate::chart::{Builtin, Tree, satisfies};
use crate::diagnostic::{self, Diagnostic, SourceId, Sources, Span};
use crate::engine::{ReleaseInfo, Rendered};
use crate::manifest::{self, Manifest};
use crate::release::{ChartSource, Configured, Error, Request, Session, configure, survey};
use crate::values::UNREADABLE;
use crate::yaml::{Limits, Mapping, Node, Value, read_range};

/// Lints a chart with its values for the first of several versions of Kubernetes, and for those behind it as long as the
/// chart renders the same for them: a list of findings for each, one list at least.
///
/// # Errors
/// When a file cannot be read: what is wrong with those that can be is a finding.
///
/// # Panics
/// Without a version.
pub fn inspect(
    request: &Request,
    versions: &[Version],
    selection: &Selection,
    session: &mut Session<'_>,
) -> crate::release::Result<Vec<Vec<Diagnostic>>> {
    let mut request = request.clone();
    request.capabilities.kube_version = versions[0].clone();
    let request = &request;
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
    let alike = configured.as_ref().map_or(1, |configured| alike(configured, versions, &session.sources));
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
        complete,
    };
    Ok(run(&world, &manifests, &versions[..alike], selection, &session.sources, found))
}

/// How many of the versions the chart renders the same for: all that it allows when nothing asks for the version.
fn alike(configured: &Configured, versions: &[Version], sources: &Sources) -> usize {
    let asks = |text: &str| text.contains("Capabilities");
    let has_one_that_asks = |tree: &Tree| {
        let mut texts = tree.paths().filter_map(|path| std::str::from_utf8(tree.bytes(path)?).ok());
        texts.any(asks)
    };
    let in_files = || configured.chart.family().iter().any(|(_, chart)| has_one_that_asks(&chart.tree));
    if versions.len() == 1 || in_files() || sources.iter().any(|source| asks(&source.text)) {
        return 1;
    }
    let constraint = &configured.chart.metadata.kube_version;
    let allowed = |version: &&Version| constraint.is_empty() || satisfies(constraint, version);
    versions.iter().take_while(allowed).count().max(1)
}

/// Lints manifests that somebody else rendered.
///
/// # Errors
/// When a file cannot be read.
pub fn inspect_manifests(
    files: Vec<(String, String)>,
    version: &Version,
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
        complete: found.is_empty(),
    };
    run(&world, &manifests, std::slice::from_ref(version), selection, sources, found).swap_remove(0)
}

/// What was read, without the texts.
struct World<'a> {
    tree: Option<&'a Tree>,
    chart_file: Option<&'a Node>,
    configured: Option<&'a Configured>,
    layers: &'a [Mapping],
    release: &'a ReleaseInfo,
    complete: bool,
}

fn run(
    world: &World<'_>,
    manifests: &[&Manifest],
    versions: &[Version],
    selection: &Selection,
    sources: &Sources,
    mut found: Vec<Diagnostic>,
) -> Vec<Vec<Diagnostic>> {
    let subject = Subject {
        sources,
        tree: world.tree,
        chart_file: world.chart_file,
        configured: world.configured,
        layers: world.layers,
        release: world.release,
        objects: manifests.iter().map(|manifest| Object::new(manifest)).collect(),
        complete: world.complete,
        shared: Shared::default(),
    };
    for rule in selection.rules() {
        if let Check::Always(check) = rule.check {
            check(&subject, &mut found);
        }
    }
    let places = Places::new(sources, world.configured, manifests.iter().copied());
    let found: Vec<Diagnostic> = found.into_iter().map(|one| places.resolve(one)).collect();
    let for_version = |version: &Version| {
        let mut own = Vec::new();
        for rule in selection.rules() {
            if let Check::ForVersion(check) = rule.check {
                check(&subject, (version.major, version.minor), &mut own);
            }
        }
        let own = own.into_iter().map(|one| places.resolve(one));
        diagnostic::dedup(found.iter().cloned().chain(own).collect())
    };
    versions.iter().map(for_version).collect()
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

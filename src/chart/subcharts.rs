//! The charts inside a chart: directories and packages in `charts/`.

use std::collections::BTreeMap;

use super::tree::{Budget, Tree};
use super::{Chart, Origin};
use crate::diagnostic::{Diagnostic, Sources};

/// Charts inside each other.
const MAX_DEPTH: usize = 16;

/// How deep and how large the charts inside each other may still become.
pub(super) struct Nesting {
    depth: usize,
    budget: Budget,
}

impl Nesting {
    pub(super) fn new() -> Self {
        Self { depth: 0, budget: Budget::new() }
    }
}

/// Loads every chart of `charts/`, in the order of their names. As in Helm a name that starts with `_` or `.` is
/// passed over, `.tgz` is a package, and anything else must be a chart.
pub(super) fn load(
    tree: &Tree,
    parent: &str,
    sources: &mut Sources,
    warnings: &mut Vec<Diagnostic>,
    nesting: &mut Nesting,
) -> Result<Vec<Chart>, Vec<Diagnostic>> {
    let mut groups: BTreeMap<&str, bool> = BTreeMap::new();
    for path in tree.paths().filter_map(|path| path.strip_prefix("charts/")).filter(|path| !path.ends_with(".prov")) {
        let (name, is_directory) = path.split_once('/').map_or((path, false), |(name, _)| (name, true));
        *groups.entry(name).or_default() |= is_directory;
    }
    groups.retain(|name, _| !name.starts_with(['_', '.']));
    let mut charts = Vec::new();
    let mut errors = Vec::new();
    for (name, is_directory) in groups {
        let loaded = subtree(tree, name, is_directory, nesting).map_err(|error| vec![*error]).and_then(|sub| {
            if nesting.depth >= MAX_DEPTH {
                let message = format!("charts are nested more than {MAX_DEPTH} levels deep");
                return Err(vec![Diagnostic::error(message)]);
            }
            nesting.depth += 1;
            let chart = Chart::load_nested(sub, sources, warnings, nesting);
            nesting.depth -= 1;
            chart
        });
        match loaded {
            Ok(mut chart) => {
                chart.metadata.is_root = false;
                charts.push(chart);
            }
            Err(list) => errors.extend(list.into_iter().map(|error| {
                let message = format!("error unpacking subchart {name} in {parent}: {}", error.message);
                let error = Diagnostic { message, ..error };
                let stray = !is_directory && !name.ends_with(".tgz");
                if stray { error.help("charts/ holds charts only: move the file elsewhere") } else { error }
            })),
        }
    }
    if errors.is_empty() { Ok(charts) } else { Err(errors) }
}

fn subtree(tree: &Tree, name: &str, is_directory: bool, nesting: &mut Nesting) -> Result<Tree, Box<Diagnostic>> {
    let path = format!("charts/{name}");
    if !name.ends_with(".tgz") {
        // A file beside the subcharts is a group without a Chart.yaml, and so an error.
        return Ok(tree.below(&format!("{path}/")));
    }
    if is_directory {
        let message = format!("error unpacking subchart tar in {name}: it is a directory");
        return Err(Box::new(Diagnostic::error(message)));
    }
    let origin = Origin::Subchart(tree.display(&path));
    Tree::from_archive(tree.bytes(&path).unwrap_or_default(), origin, &mut nesting.budget)
}

//! One report for a chart in many shapes: every preset for several versions of Kubernetes.

use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use semver::Version;

use super::Run;

/// The minor versions that a matrix covers when nobody says which: the five newest.
pub const KUBERNETES: [u64; 5] = [32, 33, 34, 35, 36];

/// What a matrix varies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// Every preset of the chart.
    Presets,
    /// Several versions of Kubernetes.
    KubeVersions,
}

impl FromStr for Axis {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "presets" => Ok(Self::Presets),
            "kube-versions" => Ok(Self::KubeVersions),
            _ => Err("expected `presets`, `kube-versions` or both".to_owned()),
        }
    }
}

/// One shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The preset; nothing for the one that the values name.
    pub preset: Option<String>,
    /// The Kubernetes version; nothing for the one of the command line.
    pub kubernetes: Option<Version>,
    /// What the report calls it.
    pub name: String,
}

/// Every preset with every version; one cell for an axis that is empty.
pub fn cells(presets: &[String], versions: &[Version]) -> Vec<Cell> {
    let some = |list: &[String]| if list.is_empty() { vec![None] } else { list.iter().cloned().map(Some).collect() };
    let versions: Vec<Option<&Version>> =
        if versions.is_empty() { vec![None] } else { versions.iter().map(Some).collect() };
    let mut all = Vec::new();
    for preset in some(presets) {
        for version in &versions {
            let shown = version.map(|version| format!("Kubernetes {}.{}", version.major, version.minor));
            let name: Vec<String> = preset.clone().into_iter().chain(shown).collect();
            all.push(Cell { preset: preset.clone(), kubernetes: version.cloned(), name: name.join(", ") });
        }
    }
    all
}

/// Does the work of every cell, on every processor, and returns the runs in the order of the cells.
///
/// # Errors
/// The first that could not be done.
pub fn run_all<E: Send>(cells: &[Cell], work: impl Fn(&Cell) -> Result<Run, E> + Sync) -> Result<Vec<Run>, E> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<Run, E>)>> = Mutex::default();
    let worker = || {
        while let Some((index, cell)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            cells.get(index).map(|cell| (index, cell))
        } {
            let done = work(cell);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, done));
        }
    };
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(cells.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(worker);
        }
        worker();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

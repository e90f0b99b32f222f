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
    /// The Kubernetes version.
    pub kubernetes: Version,
    /// What the report calls it.
    pub name: String,
}

/// Every preset with every version; where an axis is empty, what the command line says.
pub fn cells(presets: &[String], versions: &[Version], otherwise: &Version) -> Vec<Cell> {
    let presets = if presets.is_empty() { vec![None] } else { presets.iter().cloned().map(Some).collect() };
    let named = |version: &Version| Some(format!("Kubernetes {}.{}", version.major, version.minor));
    let versions: Vec<(&Version, Option<String>)> = if versions.is_empty() {
        vec![(otherwise, None)]
    } else {
        versions.iter().map(|version| (version, named(version))).collect()
    };
    let mut all = Vec::new();
    for preset in presets {
        for (version, shown) in &versions {
            let name: Vec<String> = preset.iter().chain(shown).cloned().collect();
            all.push(Cell { preset: preset.clone(), kubernetes: (*version).clone(), name: name.join(", ") });
        }
    }
    all
}

/// Does the work of every cell, on every processor, those of one preset at a time, and returns the runs in the order of
/// the cells.
///
/// # Errors
/// The first that could not be done.
pub fn run_all<E: Send>(cells: &[Cell], work: impl Fn(&[Cell]) -> Result<Vec<Run>, E> + Sync) -> Result<Vec<Run>, E> {
    let presets: Vec<&[Cell]> = cells.chunk_by(|one, other| one.preset == other.preset).collect();
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let worker = || {
        while let Some((index, preset)) = {
            let index = next.fetch_add(1, Ordering::Relaxed);
            presets.get(index).map(|preset| (index, *preset))
        } {
            let done = work(preset);
            results.lock().unwrap_or_else(PoisonError::into_inner).push((index, done));
        }
    };
    let threads = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(presets.len());
    thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(worker);
        }
        worker();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_by_key(|(index, _)| *index);
    let runs: Vec<Vec<Run>> = results.into_iter().map(|(_, result)| result).collect::<Result<_, E>>()?;
    Ok(runs.into_iter().flatten().collect())
}

//! Running the binary in a folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run left.
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: Option<i32>,
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lint")
}

/// Runs `pgchart lint` in a folder.
pub(crate) fn lint(folder: &Path, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_pgchart"))
        .arg("lint")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("the binary runs");
    Ran {
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        code: output.status.code(),
    }
}

/// What a fixture's folder is linted with.
pub(crate) fn arguments(folder: &Path) -> Vec<String> {
    let is_there = |name: &str| folder.join(name).exists();
    let mut arguments = Vec::new();
    if is_there("manifests.yaml") {
        arguments.extend(["--manifests", "manifests.yaml"].map(str::to_owned));
    } else if is_there("Chart.yaml") {
        arguments.push(".".to_owned());
    }
    for file in ["site.yaml", "later.yaml"].into_iter().filter(|file| is_there(file)) {
        arguments.extend(["-f", file].map(str::to_owned));
    }
    let flags = std::fs::read_to_string(folder.join("flags")).unwrap_or_default();
    arguments.extend(flags.split_whitespace().map(str::to_owned));
    arguments
}

/// Does something with every item on every processor; a failure of one is a failure of all.
pub(crate) fn for_each<T: Sync>(items: &[T], work: impl Fn(&T) + Sync) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    work(item);
                }
            });
        }
    });
}

//! The clock of a container that makes backups at set times, which tests move, and what the container says.

use std::fs;
use std::time::Duration;

use crate::cluster::eventually_within;
use crate::container::Running;
use crate::node::Node;
use crate::release::Release;

/// The value that gives the container a clock of its own.
pub(crate) const CLOCK: &str = r#"extraEnv=[{"name": "PGCHART_NOW", "value": "/tmp/now"}]"#;
/// Monday, 30 November 2026, 01:59:00 in UTC.
pub(crate) const MONDAY: u64 = 1_796_003_940;
/// How long a backup, or an archiver that rests after three failures, may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

/// Sets the clock of the pod that runs.
pub(crate) fn set(node: &Node, seconds: u64) {
    let file = node.pod_volume("tmp").join("now");
    fs::write(file.with_extension("new"), seconds.to_string()).unwrap();
    fs::rename(file.with_extension("new"), file).unwrap();
}

/// Starts the container of the backups, at this time.
pub(crate) fn start(node: &Node, release: &Release, container: &str, now: u64) -> Running {
    set(node, now);
    node.serve_beside(release, container)
}

/// Waits for words of the container, which may tell of no error before them.
pub(crate) fn says(running: &Running, words: &str) {
    eventually_within(PATIENCE, words, || {
        let log = running.log();
        assert!(!log.contains(": error"), "{log}");
        log.contains(words)
    });
}

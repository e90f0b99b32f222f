//! The last bound on a render. Steps, depth and output are counted by the engine, but one step can be long: a list that is
//! added to itself sixty times has more items than anybody can count.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;

use super::Ui;

/// How often a running render is looked at.
const TICK: Duration = Duration::from_millis(20);
/// Memory that no render needs, in KiB.
const MAX_MEMORY: u64 = 1024 * 1024;

/// Does the work; when it takes longer than `limit` or more than 1 GiB of memory, tells so and ends the process.
pub(super) fn guarded<T>(limit: Duration, work: impl FnOnce() -> T) -> T {
    let (done, finished) = mpsc::channel::<()>();
    thread::spawn(move || watch(&finished, limit));
    let result = work();
    drop(done);
    result
}

fn watch(finished: &Receiver<()>, limit: Duration) {
    let started = Instant::now();
    while finished.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if started.elapsed() > limit {
            stop(&format!("rendering takes longer than {limit:?}; a larger bound is `--timeout`"));
        }
        if memory().is_some_and(|size| size > MAX_MEMORY) {
            stop(&format!("rendering takes more than {MAX_MEMORY} KiB of memory"));
        }
    }
}

/// Nothing has been written when a render is stopped, so nothing is left half done.
fn stop(message: &str) {
    Ui::new().error(&anyhow!("{message}"));
    std::process::exit(1);
}

/// The resident memory of this process in KiB, where the system tells it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Reads a duration as Go writes it: `30s`, `5m0s`, `500ms`.
///
/// # Errors
/// When it is none, or not positive.
pub(super) fn parse_duration(text: &str) -> Result<Duration, String> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|duration| Duration::try_from(duration).ok());
    parsed
        .filter(|duration| !duration.is_zero())
        .ok_or_else(|| "expected a duration such as `30s` or `5m0s`".to_owned())
}

//! A directory with a chart in it, something outside that nobody may read, and the binary let loose on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use tempfile::TempDir;

/// What stands in a file outside the chart and may never be seen.
pub(crate) const SECRET: &str = "outside-the-chart-93ac1";

/// The largest memory that a run was found to take, in KiB.
static PEAK: AtomicI64 = AtomicI64::new(0);

/// Memory of a run, in KiB.
const MEMORY: i64 = 256 * 1024;

/// The binary of `PGCHART_BINARY`, which is a release build, or the one that was built with the tests.
fn binary() -> (String, Duration) {
    match std::env::var("PGCHART_BINARY") {
        Ok(path) => (path, Duration::from_secs(2)),
        // A debug build on a busy machine gets ten times as much.
        Err(_) => (env!("CARGO_BIN_EXE_pgchart").to_owned(), Duration::from_secs(20)),
    }
}

const METADATA: &str = "apiVersion: v2\nname: t\nversion: 1.0.0\n";
const OBJECT: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";

/// A temporary directory with a chart `t` and a file outside of it.
pub(crate) struct World {
    root: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    /// A chart that renders one object.
    pub(crate) fn new() -> Self {
        let world = Self { root: TempDir::new().expect("a directory") };
        world.write("t/Chart.yaml", METADATA);
        world.write("t/templates/a.yaml.j2", OBJECT);
        world.write("outside/secret.yaml", SECRET);
        world
    }

    /// A chart with one file more, or with another content of one.
    pub(crate) fn with(path: &str, content: impl AsRef<[u8]>) -> Self {
        let world = Self::new();
        world.write(&format!("t/{path}"), content);
        world
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        fs::write(path, content).expect("writable");
    }

    /// Everything there is, with its size.
    fn listing(&self) -> Vec<(PathBuf, u64)> {
        let mut all = Vec::new();
        list(self.root.path(), &mut all);
        all.sort();
        all
    }

    /// `pgchart template r ./t` and these arguments, in the directory.
    pub(crate) fn template(&self, arguments: &[&str]) -> Ran {
        self.run(&[&["template", "r", "./t"], arguments].concat())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(binary().0);
        command.args(arguments);
        self.watch(command)
    }

    /// The binary behind a line of shell, which says `"$@"` where it stands.
    pub(crate) fn shell(&self, line: &str, arguments: &[&str]) -> Ran {
        let mut command = Command::new("sh");
        command.args(["-c", line, "sh", &binary().0]).args(arguments);
        self.watch(command)
    }

    fn watch(&self, mut command: Command) -> Ran {
        let streams = TempDir::new().expect("a directory");
        let stream = |name: &str| fs::File::create(streams.path().join(name)).expect("writable");
        let time = binary().1;
        let begun = Instant::now();
        let mut child = command
            .current_dir(self.root.path())
            .env_remove("RUST_BACKTRACE")
            .env("HOME", streams.path())
            .stdin(Stdio::null())
            .stdout(stream("out"))
            .stderr(stream("err"))
            .spawn()
            .expect("the binary runs");
        let status = loop {
            if let Some(status) = child.try_wait().expect("a child") {
                break status;
            }
            if begun.elapsed() > time {
                child.kill().expect("it runs");
                child.wait().expect("a child");
                panic!("still running after {time:?}");
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let read =
            |name: &str| String::from_utf8_lossy(&fs::read(streams.path().join(name)).expect("readable")).into_owned();
        let ran = Ran { code: status.code(), stdout: read("out"), stderr: read("err") };
        // The system knows the peak of all children so far; who raises it is told, and not those who come later.
        let memory = getrusage(UsageWho::RUSAGE_CHILDREN).expect("usage").max_rss();
        let before = PEAK.fetch_max(memory, Ordering::Relaxed);
        assert!(memory <= before.max(MEMORY), "{memory} KiB of memory\n{}", ran.stderr);
        for text in [&ran.stdout, &ran.stderr] {
            assert!(!text.contains(SECRET), "it read outside the chart\n{text}");
            assert!(!text.contains("panicked") && !text.contains("overflowed"), "{text}");
        }
        ran
    }

    /// Runs and expects one error with these words, nothing on stdout, and nothing left behind.
    pub(crate) fn refuses(&self, arguments: &[&str], words: &str) {
        let before = self.listing();
        self.template(arguments).is_refused(words);
        assert_eq!(self.listing(), before, "files were left behind");
    }

    /// As [`World::refuses`], where several parts are wrong and each is told.
    pub(crate) fn refuses_several(&self, chart: &str, words: &str) {
        let ran = self.run(&["template", "r", chart]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{ran:?}");
        assert!(ran.stderr.contains(words) && ran.stderr.len() < 64 * 1024, "{}", ran.stderr);
    }

    /// As [`World::refuses`], for another chart than `./t`.
    pub(crate) fn refuses_chart(&self, chart: &str, words: &str) {
        let before = self.listing();
        self.run(&["template", "r", chart]).is_refused(words);
        assert_eq!(self.listing(), before, "files were left behind");
    }
}

impl Ran {
    /// Ended with one error of these words and no output.
    pub(crate) fn is_refused(&self, words: &str) {
        assert_eq!(self.code, Some(1), "{self:?}");
        let errors = self.stderr.lines().filter(|line| line.starts_with("error:")).count();
        assert_eq!(errors, 1, "{}", self.stderr);
        assert!(self.stderr.contains(words), "wanted `{words}`, found\n{}", self.stderr);
        assert!(self.stderr.len() < 16 * 1024, "a message of {} bytes", self.stderr.len());
        assert_eq!(self.stdout, "");
    }

    /// Ended well.
    pub(crate) fn is_rendered(&self) {
        assert_eq!(self.code, Some(0), "{self:?}");
        assert_eq!(self.stderr.lines().filter(|line| line.starts_with("error:")).count(), 0, "{}", self.stderr);
    }
}

fn list(directory: &Path, all: &mut Vec<(PathBuf, u64)>) {
    for entry in fs::read_dir(directory).expect("readable") {
        let entry = entry.expect("an entry");
        let metadata = entry.path().symlink_metadata().expect("it is there");
        all.push((entry.path(), if metadata.is_dir() { 0 } else { metadata.len() }));
        if metadata.is_dir() {
            list(&entry.path(), all);
        }
    }
}

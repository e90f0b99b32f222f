//! Runs the binary in a directory of its own.

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::fake::Fake;

/// A directory with a kubeconfig and manifests.
pub(crate) struct World {
    pub(crate) directory: tempfile::TempDir,
    timeout: &'static str,
}

impl World {
    /// A world whose kubeconfig names this server; `cluster` and `user` are further lines of YAML for each.
    pub(crate) fn new(url: &str, cluster: &str, user: &str) -> Self {
        let world = Self { directory: tempfile::tempdir().expect("a directory"), timeout: "5s" };
        let user = if user.is_empty() { "token: test-token" } else { user };
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\ncontexts:\n- name: test\n  context: {{cluster: test, user: test}}\n\
             clusters:\n- name: test\n  cluster:\n    server: {url}\n{}users:\n- name: test\n  user:\n{}",
            indented(cluster),
            indented(user)
        );
        world.write("kubeconfig", &text);
        world
    }

    /// A world for a server without TLS.
    pub(crate) fn of(fake: &Fake) -> Self {
        Self::new(&fake.url(), "", "")
    }

    /// The same, for servers that are waited for in vain.
    pub(crate) fn impatient(self) -> Self {
        Self { timeout: "1s", ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file");
    }

    /// Runs `pgchart` with these words and the kubeconfig.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        self.command(&[words, &["--kubeconfig", "kubeconfig", "--request-timeout", self.timeout]].concat())
            .output()
            .expect("the binary runs")
    }

    /// The command with these words and nothing else.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(words)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var("PATH").expect("PATH"))
            .env("HOME", self.path())
            .env("PGCHART_SECRET_KEY", "0123456789abcdef".repeat(4))
            .stdin(Stdio::null());
        command
    }

    /// `diff` of the file `new.yaml`, with its streams and exit code as one text.
    pub(crate) fn diff(&self, words: &[&str]) -> String {
        let started = Instant::now();
        let output = self.run(&[&["diff", "--files", "new.yaml"], words].concat());
        assert!(started.elapsed() < Duration::from_secs(30), "it hangs");
        shown(&output)
    }
}

/// The binary: `PGCHART_BINARY` names another build of it.
fn binary() -> String {
    std::env::var("PGCHART_BINARY").unwrap_or_else(|_| env!("CARGO_BIN_EXE_pgchart").to_owned())
}

/// Streams and exit code as one text.
pub(crate) fn shown(output: &Output) -> String {
    let mut text = String::new();
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let content = String::from_utf8_lossy(bytes);
        if !content.is_empty() {
            write!(text, "---- {name}\n{content}").expect("a String takes it");
        }
    }
    let code = output.status.code().map_or("killed".to_owned(), |code| code.to_string());
    text + &format!("---- exit code {code}\n")
}

fn indented(lines: &str) -> String {
    lines.lines().flat_map(|line| ["    ", line, "\n"]).collect()
}

//! Case folders: each folder of `tests/cases/*/` holds input files and a `cmd` with one command line. The command
//! runs in a copy of the folder, and stdout, stderr and exit code are compared with a snapshot.
//!
//! A new case needs no Rust: make a folder, run `INSTA_UPDATE=always cargo test --test cases`, read the snapshot.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// A key for passwords that every case uses, so that output repeats.
const KEY: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

#[test]
fn every_case_prints_exactly_what_its_snapshot_says() {
    insta::glob!("cases/*/*/cmd", |path| {
        let folder = path.parent().expect("a case folder");
        let group = folder.parent().and_then(Path::file_name).expect("a group").to_string_lossy().into_owned();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        let world = tempfile::tempdir().expect("a temporary directory");
        copy(folder, world.path());
        let line = fs::read_to_string(path).expect("a command");
        let output = run(line.trim(), world.path());
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "cases/snapshots",
            snapshot_suffix => "",
            description => line.trim(),
        }, {
            insta::assert_snapshot!(format!("{group}__{name}"), output);
        });
    });
}

/// Runs a command line through the shell with the binary first in the path.
fn run(line: &str, world: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_pgchart"));
    let path = format!("{}:{}", binary.parent().expect("a directory").display(), std::env::var("PATH").expect("PATH"));
    let output = Command::new("bash")
        .args(["-c", line])
        .current_dir(world)
        .env_clear()
        .env("PATH", path)
        .env("PGCHART_SECRET_KEY", KEY)
        .env("HOME", world)
        .stdin(Stdio::null())
        .output()
        .expect("bash runs");
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

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).min_depth(1) {
        let entry = entry.expect("a readable case");
        let target = to.join(entry.path().strip_prefix(from).expect("below the case"));
        if entry.file_type().is_dir() {
            fs::create_dir_all(&target).expect("a directory");
        } else if entry.file_name() != "cmd" {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}

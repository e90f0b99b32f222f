//! What real Helm answers, as data, against what pgchart does. The recordings come from the `record` script beside
//! them; `tests/run` asks the library again and compares.

mod charts;
mod functions;
mod output;
mod schema;
mod values;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/helm").join(name)
}

/// The records of a .jsonl file, one JSON object a line.
fn records(path: &Path) -> Vec<Json> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
}

/// The deliberate differences by name; a record that claims one must name one of these.
fn differences() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(folder("differences.json")).expect("the list of differences");
    serde_json::from_str(&text).expect("names and reasons")
}

/// Fails with every line, not with the first.
fn assert_none(problems: &[String], total: usize) {
    assert!(problems.is_empty(), "{} of {total} differ\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_readme_names_every_difference() {
    let readme = std::fs::read_to_string(folder("../../README.md")).expect("the README");
    for (name, difference) in differences() {
        assert!(readme.contains(&format!("| {name} | {difference} |")), "the README does not tell of `{name}`");
    }
}

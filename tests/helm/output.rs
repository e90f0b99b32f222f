//! What `pgchart template` prints against what `helm template` prints: order, hooks, selections, directories.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{assert_none, folder, records};

/// A stream without blank lines around its documents: they changed three times in a year of Helm.
fn documents(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.starts_with("---") {
            while kept.last().is_some_and(|last| last.trim().is_empty()) {
                kept.pop();
            }
        }
        kept.push(line);
    }
    kept.join("\n").trim().to_owned() + "\n"
}

fn written(root: &Path) -> BTreeMap<String, String> {
    let files = walkdir::WalkDir::new(root).into_iter().flatten().filter(|entry| entry.file_type().is_file());
    let relative = |path: &Path| path.strip_prefix(root).expect("below").display().to_string();
    let text = |path: &Path| documents(&std::fs::read_to_string(path).expect("text"));
    files.map(|entry| (relative(entry.path()), text(entry.path()))).collect()
}

fn found(case: &Json) -> Json {
    let root = tempfile::tempdir().expect("a directory");
    let chart = json!("apiVersion: v2\nname: t\nversion: 1.0.0\n");
    let files = case["files"].as_object().expect("files").iter().map(|(name, text)| (name.as_str(), text));
    for (name, text) in [("Chart.yaml", &chart)].into_iter().chain(files) {
        let path = root.path().join("t").join(name);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        std::fs::write(path, text.as_str().expect("text")).expect("writable");
    }
    let flags = case["flags"].as_array().into_iter().flatten().filter_map(Json::as_str);
    let output = assert_cmd::Command::cargo_bin("pgchart")
        .expect("the binary")
        .current_dir(root.path())
        .env_clear()
        .arg("template")
        .args(flags)
        .args(["r", "./t"])
        .output()
        .expect("it runs");
    if !output.status.success() {
        return json!({ "error": String::from_utf8_lossy(&output.stderr) });
    }
    let out = root.path().join("out");
    if out.exists() {
        return json!({ "files": written(&out) });
    }
    json!({ "stdout": documents(&String::from_utf8_lossy(&output.stdout)) })
}

fn difference(case: &Json) -> Option<String> {
    let wanted = case.get("helm4").unwrap_or(&case["helm3"]);
    let found = found(case);
    // Refusals are told in other words.
    let same = match wanted.get("error") {
        Some(_) => found.get("error").is_some(),
        None => found == *wanted,
    };
    (!same).then(|| format!("{}\n  helm: {wanted}\n  pgchart: {found}", case["name"]))
}

#[test]
fn manifests_are_written_as_helm_writes_them() {
    let records = records(&folder("output").join("recordings.jsonl"));
    let problems: Vec<String> = records.iter().filter_map(difference).collect();
    assert_none(&problems, records.len());
}

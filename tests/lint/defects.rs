//! What broke in other charts, and the settings of their sizes: `defects.md` says which rule finds which, and this reads it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::world::{Ran, for_each, lint, root};

struct Row {
    defect: String,
    rule: String,
    fixture: String,
}

fn table() -> Vec<Row> {
    let text = std::fs::read_to_string(root().join("defects.md")).expect("the table");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1).map(cells);
    rows.map(|row| Row { defect: row[1].clone(), rule: row[2].clone(), fixture: row[3].clone() }).collect()
}

fn run(fixture: &Path, rule: &str) -> Ran {
    let path = fixture.display().to_string();
    let mut arguments = vec!["--select", rule, "--format", "full", "--fail-on", "never"];
    if fixture.is_dir() {
        arguments.push(&path);
    } else {
        arguments.extend(["--manifests", &path]);
    }
    let site = fixture.join("site.yaml").display().to_string();
    if fixture.join("site.yaml").exists() {
        arguments.extend(["-f", &site]);
    }
    lint(&root(), &arguments)
}

#[test]
fn every_defect_of_the_table_is_found_by_its_rule() {
    let rows = table();
    let defects: BTreeSet<&str> = rows.iter().map(|row| row.defect.as_str()).collect();
    let caught: BTreeSet<&str> = rows.iter().filter(|row| row.rule != "-").map(|row| row.defect.as_str()).collect();
    assert!(defects.len() >= 81, "{} defects", defects.len());
    assert!(caught.len() >= 45, "{} caught", caught.len());
    for_each(&rows, |row| {
        if row.rule == "-" {
            return;
        }
        let fixture = root().join("defects").join(&row.fixture);
        assert!(fixture.exists(), "{}: {} is not there", row.defect, row.fixture);
        let ran = run(&fixture, &row.rule);
        assert!(
            ran.stdout.contains(&format!("[{}]", row.rule)),
            "{} by {}:\n{}{}",
            row.defect,
            row.rule,
            ran.stdout,
            ran.stderr
        );
    });
}

#[test]
fn every_fixture_of_a_defect_is_in_the_table() {
    let rows = table();
    for entry in std::fs::read_dir(root().join("defects")).expect("fixtures") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        assert!(rows.iter().any(|row| row.fixture == name), "{name}");
    }
}

#[test]
fn sizes_of_other_charts_are_found_with_the_arithmetic() {
    let mut text = String::new();
    for size in ["edge", "small", "medium", "large", "xlarge"] {
        let preset = root().join(format!("original/{size}.yaml")).display().to_string();
        let ran = lint(&root(), &["--preset", &preset, "--select", "PG002", "--format", "full"]);
        assert_eq!(ran.code, Some(1), "{size}: {}", ran.stderr);
        assert!(ran.stdout.contains("% of the limit"), "{}", ran.stdout);
        text +=
            &format!("================ {size}\n{}", ran.stdout.replace(&root().display().to_string(), "tests/lint"));
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("original_sizes", text);
    });
}

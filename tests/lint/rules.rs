//! Every rule: found in its bad fixture, not in its good one, and taken back in its suppressed one.

use std::path::Path;
use std::sync::Mutex;

use pgchart::diagnostic::Severity;
use pgchart::lint::rules;

use crate::world::{Ran, arguments, for_each, lint, root};

fn run(folder: &Path, rule: &str, format: &str) -> Ran {
    let mut all = arguments(folder);
    all.extend(["--select", &format!("{rule},LNT"), "--format", format].map(str::to_owned));
    lint(folder, &all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn every_rule_finds_its_bad_fixture_and_passes_the_good_one() {
    let texts = Mutex::new(Vec::new());
    for_each(rules(), |rule| {
        let folder = root().join("rules").join(rule.id);
        let mark = format!("[{}]", rule.id);
        let bad = run(&folder.join("bad"), rule.id, "full");
        assert!(bad.stdout.contains(&mark), "{} does not find its bad fixture:\n{}{}", rule.id, bad.stdout, bad.stderr);
        let expected = i32::from(rule.severity != Severity::Note);
        assert_eq!(bad.code, Some(expected), "{}: {}", rule.id, bad.stderr);
        let good = run(&folder.join("good"), rule.id, "full");
        assert_eq!(
            (good.code, good.stdout.as_str()),
            (Some(0), ""),
            "{} in its good fixture: {}",
            rule.id,
            good.stderr
        );
        // The rules about comments are looked at as well: one that takes nothing back would be told.
        let taken_back = run(&folder.join("suppressed"), rule.id, "full");
        assert_eq!((taken_back.code, taken_back.stdout.as_str()), (Some(0), ""), "{} with its comment", rule.id);
        assert!(taken_back.stderr.contains("suppressed"), "{}: {}", rule.id, taken_back.stderr);
        texts.lock().expect("no panic").push((rule.id, bad.stdout));
    });
    let mut texts = texts.into_inner().expect("no panic");
    texts.sort();
    for (id, text) in texts {
        insta::with_settings!({
            omit_expression => true,
            prepend_module_to_snapshot => false,
            snapshot_path => "snapshots",
        }, {
            insta::assert_snapshot!(format!("rule_{id}"), text);
        });
    }
}

#[test]
fn ids_and_names_never_change() {
    let list: Vec<String> = rules().iter().map(|rule| format!("{} {}", rule.id, rule.name)).collect();
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("ids", list.join("\n"));
    });
    assert!(rules().len() >= 70, "{}", rules().len());
}

#[test]
fn every_finding_says_what_to_do() {
    // What the author of a template or the parser of a file says is all that is known.
    let told_by_others = ["CHT001", "TPL001", "TPL003", "VAL001"];
    for_each(rules(), |rule| {
        let ran = run(&root().join("rules").join(rule.id).join("bad"), rule.id, "json");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
        for finding in report["findings"].as_array().expect("findings") {
            let help = finding["help"].as_array().is_some_and(|help| !help.is_empty());
            let says = help || finding["label"].is_string();
            assert!(says || told_by_others.contains(&rule.id), "{}: {}", rule.id, finding["message"]);
        }
    });
}

#[test]
fn every_rule_explains_itself() {
    for_each(rules(), |rule| {
        let explained = lint(&root(), &["--explain", rule.id]);
        let head = format!("{} {} ({})\n\n", rule.id, rule.name, rule.level());
        assert_eq!((explained.code, explained.stdout), (Some(0), head + &rule.documentation()));
        assert_eq!(lint(&root(), &["--explain", rule.name]).code, Some(0), "{}", rule.name);
    });
    for rule in rules() {
        let text = rule.documentation();
        let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()).count();
        assert!(paragraphs >= 3, "{}: what, why and what to do: {text}", rule.id);
        assert!(rule.summary().len() > 20 && !rule.summary().ends_with('.'), "{}", rule.id);
        assert!(rule.name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.name);
    }
}

#[test]
fn every_fixture_belongs_to_a_rule() {
    for entry in std::fs::read_dir(root().join("rules")).expect("fixtures") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        assert!(rules().iter().any(|rule| rule.id == name), "{name} is no rule");
    }
}

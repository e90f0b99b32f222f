//! The ways out: exit codes, wrong usage, what lists and explains.

use std::fs;

use crate::world::{lint, root};

#[test]
fn what_could_not_run_is_one_clear_error_and_code_2() {
    let world = tempfile::tempdir().expect("a directory");
    fs::write(world.path().join("bad.json"), "{\"version\": 1}").expect("written");
    fs::write(world.path().join("old.json"), "{\"version\": 9, \"findings\": []}").expect("written");
    fs::write(world.path().join("blank.yaml"), "---\n# nothing\n").expect("written");
    fs::write(world.path().join("latin.yaml"), b"mode: \xe9").expect("written");
    let mut text = String::new();
    for arguments in [
        &["-f", "nowhere.yaml"][..],
        &["--select", "PG999"],
        &["--ignore", "shared-bufers"],
        &["--explain", "memory-budgte"],
        &["--format", "xml"],
        &["--output", "xml=a.xml"],
        &["--output", "sarif"],
        &["--baseline", "bad.json"],
        &["--baseline", "old.json"],
        &["--baseline", "nowhere.json"],
        &["--manifests", "nowhere"],
        &["./nowhere"],
        &["--matrix", "colours"],
        &["--kube-versions", "1.33"],
        &["--output", "sarif=same", "--output", "junit=same"],
        &["--manifests", "blank.yaml"],
        &["--manifests", "-"],
        &["-f", "."],
        &["-f", "latin.yaml"],
        &["--write-baseline", "."],
    ] {
        let ran = lint(world.path(), arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{arguments:?}: {}", ran.stderr);
        text += &format!("================ lint {}\n{}\n", arguments.join(" "), ran.stderr);
    }
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("could_not_run", text);
    });
}

#[test]
fn the_exit_code_follows_fail_on() {
    let bad = root().join("rules/K8S016/bad");
    let code =
        |fail_on: &str| lint(&bad, &["--manifests", "manifests.yaml", "--select", "K8S016", "--fail-on", fail_on]).code;
    assert_eq!([code("warn"), code("error"), code("never")], [Some(1), Some(0), Some(0)]);
}

#[test]
fn a_baseline_takes_back_what_is_known_and_nothing_else() {
    let world = tempfile::tempdir().expect("a directory");
    let text = fs::read_to_string(root().join("rules/K8S016/bad/manifests.yaml")).expect("a fixture");
    fs::write(world.path().join("m.yaml"), &text).expect("written");
    let arguments = ["--manifests", "m.yaml", "--select", "K8S016"];
    let written = lint(world.path(), &[&arguments[..], &["--write-baseline", "known.json"]].concat());
    assert_eq!(written.code, Some(0));
    fs::write(world.path().join("m.yaml"), format!("# moved\n\n{text}")).expect("written");
    let known = lint(world.path(), &[&arguments[..], &["--baseline", "known.json"]].concat());
    assert_eq!((known.code, known.stdout.as_str()), (Some(0), ""), "{}", known.stderr);
    fs::write(world.path().join("m.yaml"), text.replace("name: exporter", "name: other")).expect("written");
    let new = lint(world.path(), &[&arguments[..], &["--baseline", "known.json"]].concat());
    assert_eq!(new.code, Some(1));
}

#[test]
fn rules_are_listed_and_explained() {
    let list = lint(&root(), &["--list-rules"]);
    assert_eq!(list.code, Some(0));
    assert_eq!(list.stdout.lines().count(), pgchart::lint::rules().len());
    let explained = lint(&root(), &["--explain", "pg002"]);
    assert!(explained.stdout.starts_with("PG002 memory-budget (error)\n\nThe settings may take more memory"));
    assert_eq!(lint(&root(), &["--explain", "memory-budget"]).stdout, explained.stdout);
}

#[test]
fn every_example_and_preset_is_clean() {
    let examples = std::fs::read_dir(root().join("../../examples")).expect("examples").flatten();
    let files: Vec<String> = examples.map(|entry| entry.path().display().to_string()).collect();
    let files: Vec<&String> = files.iter().filter(|file| file.ends_with(".yaml")).collect();
    assert!(files.len() >= 9);
    crate::world::for_each(&files, |file| {
        let ran = lint(&root(), &["-f", file, "--fail-on", "warn"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), ""), "{file}");
    });
    let matrix = lint(&root(), &["--matrix", "presets,kube-versions", "--fail-on", "warn"]);
    assert_eq!((matrix.code, matrix.stdout.as_str()), (Some(0), ""));
    assert!(matrix.stderr.contains("in 25 runs"), "{}", matrix.stderr);
}

#[test]
fn objects_of_a_list_are_looked_at() {
    let world = tempfile::tempdir().expect("a directory");
    let text =
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    metadata: {name: A_b}\n";
    fs::write(world.path().join("list.yaml"), text).expect("written");
    let ran = lint(world.path(), &["--manifests", "list.yaml", "--format", "concise"]);
    assert_eq!(ran.stdout, "list.yaml:6:22: error[K8S031] `A_b` is no name for a ConfigMap\n");
}

#[test]
fn a_comment_is_not_called_unused_while_something_does_not_render() {
    let world = tempfile::tempdir().expect("a directory");
    let site = "# pgchart: ignore K8S016 because this one is for what is rendered\nmode: ha\n";
    fs::write(world.path().join("site.yaml"), format!("{site}persistance: {{}}\n")).expect("written");
    let ran = lint(world.path(), &["-f", "site.yaml", "--format", "concise"]);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("[VAL002]"), "{}", ran.stdout);
    fs::write(world.path().join("site.yaml"), site).expect("written");
    let ran = lint(world.path(), &["-f", "site.yaml", "--format", "concise"]);
    assert!(ran.stdout.contains("[LNT001]"), "{}", ran.stdout);
}

#[test]
fn a_rendered_place_stands_beside_the_value_that_is_wrong() {
    let world = tempfile::tempdir().expect("a directory");
    let site = "\
image: {tag: \"16.4\"}
postgresql: {initdb: {locale: de_DE.UTF-8}}
sidecars:
  - name: helper
    image: busybox:latest
";
    fs::write(world.path().join("site.yaml"), site).expect("written");
    let ran = lint(world.path(), &["-f", "site.yaml", "--format", "full", "--select", "PG028,K8S023"]);
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
        insta::assert_snapshot!("rendered_place", ran.stdout);
    });
}

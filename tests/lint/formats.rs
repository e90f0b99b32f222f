//! The formats: the same findings in each, valid when there are none, without secrets.

use crate::world::{lint, root};

const FORMATS: [&str; 7] = ["full", "concise", "json", "sarif", "junit", "github", "gitlab"];

#[test]
fn every_format_tells_the_same_findings() {
    let folder = root().join("formats");
    for format in FORMATS {
        let ran = lint(
            &folder,
            &["--manifests", "manifests.yaml", "--format", format, "--select", "K8S016,K8S023,K8S029,K8S026,LNT"],
        );
        assert_eq!(ran.code, Some(1));
        assert!(!ran.stdout.contains("hunter2"), "{format} shows a secret");
        let text = without_rules(&ran.stdout);
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots"}, {
            insta::assert_snapshot!(format!("format_{format}"), text);
        });
    }
}

#[test]
fn nothing_to_tell_is_still_a_valid_file() {
    let folder = root().join("rules/K8S029/good");
    for format in FORMATS {
        let ran = lint(&folder, &["--manifests", "manifests.yaml", "--format", format, "--select", "K8S029"]);
        assert_eq!(ran.code, Some(0));
        match format {
            "json" | "sarif" | "gitlab" => {
                let json: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON");
                let findings = [&json["findings"], &json["runs"][0]["results"], &json];
                assert!(findings.iter().any(|list| list.as_array().is_some_and(Vec::is_empty)), "{format}: {json}");
            }
            "junit" => {
                assert!(ran.stdout.contains("failures=\"0\"") && ran.stdout.contains("<testcase "), "{}", ran.stdout);
            }
            _ => assert_eq!(ran.stdout, "", "{format}"),
        }
    }
}

#[test]
fn one_run_writes_several_reports() {
    let world = tempfile::tempdir().expect("a directory");
    let manifests = root().join("formats/manifests.yaml").display().to_string();
    let sarif = format!("sarif={}", world.path().join("a.sarif").display());
    let junit = format!("junit={}", world.path().join("out/a.xml").display());
    let ran =
        lint(&root(), &["--manifests", &manifests, "--format", "concise", "--output", &sarif, "--output", &junit]);
    assert_eq!(ran.code, Some(1));
    let read = |name: &str| std::fs::read_to_string(world.path().join(name)).expect("a report");
    assert!(read("a.sarif").contains("\"version\": \"2.1.0\"") && read("out/a.xml").starts_with("<?xml"));
}

/// A report without the documentation of every rule.
fn without_rules(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\"rules\": [") else { return text.to_owned() };
    let end = rest.find("\n          ]").expect("the end of the list");
    format!("{before}\"rules\": [ … ]{}", &rest[end + "\n          ]".len()..])
}

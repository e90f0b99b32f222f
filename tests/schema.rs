//! The committed schema equals the Rust types, and names the same keys as values.yaml and the presets.

use std::collections::BTreeSet;
use std::path::Path;

use pgchart::chart::Builtin;
use pgchart::diagnostic::Sources;
use pgchart::schema;
use pgchart::yaml::{Limits, Node, read};

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A file that is written from the types is as they say now, or becomes so on request.
fn assert_written(path: &Path, wanted: &str) {
    if std::env::var_os("PGCHART_UPDATE_SCHEMA").is_some() {
        std::fs::write(path, wanted).expect("it can be written");
    }
    let committed = std::fs::read_to_string(path).expect("it is committed");
    assert!(committed == wanted, "{} is stale: run `PGCHART_UPDATE_SCHEMA=1 cargo test --test schema`", path.display());
}

#[test]
fn the_committed_schema_is_what_the_types_say() {
    assert_written(&root("chart/values.schema.json"), &schema::builtin_text());
}

#[test]
fn the_charts_readme_lists_every_value() {
    let path = root("chart/README.md");
    let readme = std::fs::read_to_string(&path).expect("a README");
    let (before, rest) = readme.split_once("<!-- values -->\n").expect("the table's beginning");
    let (_, after) = rest.split_once("<!-- /values -->").expect("the table's end");
    assert_written(&path, &format!("{before}<!-- values -->\n{}<!-- /values -->{after}", table()));
}

/// A value of the table must be one, and a proof a test, a case or a program of the tests.
#[test]
fn the_charts_readme_names_values_and_tests_that_exist() {
    let readme = std::fs::read_to_string(root("chart/README.md")).expect("a README");
    let (_, rest) = readme.split_once("<!-- features -->").expect("the table's beginning");
    let (features, _) = rest.split_once("<!-- /features -->").expect("the table's end");
    let values: BTreeSet<String> = schema::paths(&schema::builtin()).into_iter().collect();
    let tests = functions(&root("tests"));
    let is_proof = |name: &str| {
        tests.contains(name) || root(name).exists() || root(&format!("tests/cases/postgresql/{name}")).exists()
    };
    let is_command = |text: &str| text.starts_with("pgchart ") || text.starts_with("--");
    let mut rows = 0;
    for row in features.lines().skip(3).filter(|row| !row.starts_with("| **")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [_, value, proof] = cells[..] else { panic!("three cells: {row}") };
        for name in quoted(value) {
            assert!(values.contains(name) || is_command(name), "no value: {name}");
        }
        let offered = !value.contains("not offered");
        assert!(!offered || quoted(proof).next().is_some(), "no proof: {row}");
        for name in quoted(proof) {
            assert!(is_proof(name), "no test: {name}");
        }
        rows += 1;
    }
    assert!(rows > 50, "the table is read");
}

/// What stands in backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The names of all functions below a directory of tests.
fn functions(directory: &Path) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(directory).expect("a directory").flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(functions(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            let names = text.lines().filter_map(|line| line.trim().strip_prefix("fn ")?.split('(').next());
            all.extend(names.map(str::to_owned));
        }
    }
    all
}

/// Every value that has no values below it, in the order of values.yaml where that names it.
fn table() -> String {
    let (schema, defaults) = (schema::builtin(), load(&root("chart/values.yaml")));
    let known = schema::paths(&schema);
    let mut table = "| value | type | default | |\n|---|---|---|---|\n".to_owned();
    for path in known.iter().filter(|path| !known.iter().any(|other| other.starts_with(&format!("{path}.")))) {
        let keys: Vec<&str> = path.split('.').collect();
        let described = schema::describe(&schema, &keys).expect("the schema describes its own paths");
        let default = match defaults.at(&keys).map(|node| node.to_json().to_string()).as_deref() {
            Some("null" | "\"\"") => String::new(),
            Some(default) => format!("`{default}`"),
            None if path == "preset" => "`medium`".to_owned(),
            None => "the preset's".to_owned(),
        };
        let text = described.text.unwrap_or_default().replace('\n', " ").replace('|', "\\|");
        let kind = described.kind.replace('|', "\\|");
        table += &format!("| `{path}` | {kind} | {default} | {text} |\n");
    }
    table
}

fn load(path: &Path) -> Node {
    let mut sources = Sources::default();
    let text = std::fs::read_to_string(path).expect("a readable file");
    let id = sources.add("file", text);
    read(&sources, id, Limits::default()).expect("valid YAML").documents.remove(0)
}

/// The dotted paths of a tree, as far as the schema names keys.
fn paths(node: &Node, known: &BTreeSet<String>, prefix: &str, all: &mut BTreeSet<String>) {
    for (key, entry) in node.as_map().into_iter().flatten() {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        // Below a free map, such as `config`, the keys are the user's.
        let free = !prefix.is_empty() && !known.iter().any(|other| other.starts_with(&format!("{prefix}.")));
        if !free {
            all.insert(path.clone());
            paths(&entry.node, known, &path, all);
        }
    }
}

#[test]
fn values_and_presets_and_schema_name_the_same_keys() {
    let known: BTreeSet<String> = schema::paths(&schema::builtin()).into_iter().collect();
    let mut named = BTreeSet::new();
    paths(&load(&root("chart/values.yaml")), &known, "", &mut named);
    for entry in std::fs::read_dir(root("presets")).expect("presets") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            paths(&load(&path), &known, "", &mut named);
        }
    }
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "the schema does not know {unknown:?}");
    // A preset is chosen, not set, and some resources are only for machines that have them.
    let rare = [".ephemeral-storage", ".hugepages-1Gi", ".hugepages-2Mi"];
    let optional = |path: &str| path == "preset" || rare.iter().any(|rare| path.ends_with(rare));
    let unset: Vec<_> = known.difference(&named).filter(|path| !optional(path)).collect();
    assert!(unset.is_empty(), "neither values.yaml nor a preset sets {unset:?}");
}

/// The values of a whole release: a preset under the chart's own.
fn whole(preset: &Path) -> serde_json::Value {
    let mut json = load(preset).to_json();
    merge(&mut json, load(&root("chart/values.yaml")).to_json());
    json
}

fn merge(below: &mut serde_json::Value, above: serde_json::Value) {
    match (below, above) {
        (serde_json::Value::Object(below), serde_json::Value::Object(above)) => {
            for (key, value) in above {
                merge(below.entry(key).or_insert(serde_json::Value::Null), value);
            }
        }
        (below, above) => *below = above,
    }
}

fn check(json: serde_json::Value) -> Vec<String> {
    let mut sources = Sources::default();
    let span = pgchart::diagnostic::Span::new(sources.add("values", ""), 0..0);
    let found =
        schema::validate(&schema::builtin(), &Node::from_json(json, span), &Builtin::tree()).expect("a valid schema");
    found.into_iter().map(|diagnostic| diagnostic.message).collect()
}

#[test]
fn every_preset_passes_the_check_and_fits_the_types() {
    for entry in std::fs::read_dir(root("presets")).expect("presets") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let values = whole(&path);
            assert_eq!(check(values.clone()), Vec::<String>::new(), "{}", path.display());
            serde_json::from_value::<schema::types::Values>(values).expect("the types take what the schema takes");
        }
    }
}

#[test]
fn a_null_may_stand_wherever_a_value_may_be_left_out() {
    let mut values = whole(&root("presets/medium.yaml"));
    let paths = schema::paths(&schema::builtin());
    for path in paths.iter().rev() {
        let pointer = format!("/{}", path.replace('.', "/"));
        let parent = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        if values.pointer(parent).is_some_and(serde_json::Value::is_object) {
            merge(
                values.pointer_mut(parent).expect("seen"),
                serde_json::json!({ path.rsplit('.').next().expect("a key"): null }),
            );
            assert_eq!(check(values.clone()), Vec::<String>::new(), "{path}");
            serde_json::from_value::<schema::types::Values>(values.clone()).expect("a null is no value");
        }
    }
    let item = serde_json::json!({"postgresql": {"databases": [{"name": "a", "owner": null, "extensions": null}]}});
    assert_eq!(check(item.clone()), Vec::<String>::new());
    serde_json::from_value::<schema::types::Values>(item).expect("a null in an item is no value");
}

#[test]
fn what_kubernetes_or_the_server_would_refuse_is_refused_with_what_to_write() {
    for (json, message) in [
        (
            r#"{"persistence": {"size": "50 GB"}}"#,
            "`persistence.size` must be a size such as `512Mi` or `50Gi`, found `50 GB`",
        ),
        (
            r#"{"resources": {"limits": {"memory": "512m"}}}"#,
            "`resources.limits.memory` must be a size such as `512Mi` or `50Gi`, found `512m`",
        ),
        (r#"{"resources": {"limits": {"cpu": 0}}}"#, "`resources.limits.cpu` must be more than 0, found `0`"),
        (r#"{"image": {"tag": 16.1}}"#, "`image.tag` must be an integer or text, found the number `16.1`"),
        (
            r#"{"image": {"pullPolicy": "Allways"}}"#,
            "`image.pullPolicy` must be one of `Always`, `IfNotPresent`, `Never`, found `Allways`",
        ),
        (r#"{"service": {"port": "abc"}}"#, "`service.port` must be an integer, found text `abc`"),
        (r#"{"service": {"port": 70000}}"#, "`service.port` must be at most 65535, found `70000`"),
        (r#"{"postgresql": {"databases": [{"owner": "a"}]}}"#, "`postgresql.databases[0]` must have a `name`"),
        (
            r#"{"postgresql": {"roles": [{"name": "a", "superuser": true}]}}"#,
            "unknown key `postgresql.roles[0].superuser`",
        ),
        (
            r#"{"postgresql": {"version": 14}}"#,
            "`postgresql.version` must be one of `15`, `16`, `17`, `18`, found `14`",
        ),
        (r#"{"commonLabels": {"a b": "c"}}"#, "`commonLabels.\"a b\"` is no name that is allowed here"),
        (
            r#"{"postgresql": {"config": {"work_mem": {}}}}"#,
            "`postgresql.config.work_mem` must be true or false, a number or text, found an object",
        ),
    ] {
        let found = check(serde_json::from_str(json).expect("JSON"));
        assert_eq!(found, [message]);
    }
}

//! The committed schema equals the Rust types, and names the same keys as values.yaml and the presets.

use std::collections::BTreeSet;
use std::path::Path;

use pgchart::diagnostic::Sources;
use pgchart::schema;
use pgchart::yaml::{Limits, Node, read};

fn root(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_committed_schema_is_what_the_types_say() {
    let path = root("chart/values.schema.json");
    let wanted = schema::builtin_text();
    if std::env::var_os("PGCHART_UPDATE_SCHEMA").is_some() {
        std::fs::write(&path, &wanted).expect("the schema can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the schema is committed");
    assert!(committed == wanted, "run `PGCHART_UPDATE_SCHEMA=1 cargo test --test schema`");
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
    // A preset is chosen, not set, and these are only for machines that have them.
    let optional = [
        "preset",
        "resources.limits.ephemeral-storage",
        "resources.limits.hugepages-1Gi",
        "resources.limits.hugepages-2Mi",
        "resources.requests.ephemeral-storage",
        "resources.requests.hugepages-1Gi",
        "resources.requests.hugepages-2Mi",
    ];
    let unset: Vec<_> = known.difference(&named).filter(|path| !optional.contains(&path.as_str())).collect();
    assert!(unset.is_empty(), "neither values.yaml nor a preset sets {unset:?}");
}

//! Every call of a template function gives what it gives in Helm, written as a function and written as a filter.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use pgchart::chart::{Chart, Origin, Tree};
use pgchart::diagnostic::{Sources, Span};
use pgchart::engine::{Capabilities, Engine, Entropy, Objects, ReleaseInfo};
use pgchart::yaml::Node;
use serde_json::Value as Json;

use super::{assert_none, differences, folder, records};

/// A JSON value as an operand of a minijinja expression.
fn operand(value: &Json) -> String {
    match value {
        Json::Null => "none".to_owned(),
        Json::Array(items) => format!("[{}]", items.iter().map(operand).collect::<Vec<_>>().join(", ")),
        Json::Object(map) => match (map.get("$"), map.get("$value")) {
            (Some(call), _) => as_function(call),
            (None, Some(value)) => operand(value),
            (None, None) => {
                let pairs = map.iter().map(|(key, item)| format!("{}: {}", Json::from(key.as_str()), operand(item)));
                format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
            }
        },
        scalar => scalar.to_string(),
    }
}

fn parts(call: &Json) -> (&str, Vec<String>) {
    let parts = call.as_array().expect("a call is a list");
    (parts[0].as_str().expect("a name"), parts[1..].iter().map(operand).collect())
}

fn as_function(call: &Json) -> String {
    let (name, arguments) = parts(call);
    format!("{name}({})", arguments.join(", "))
}

fn as_filter(call: &Json) -> Option<String> {
    let (name, mut arguments) = parts(call);
    let piped = arguments.pop()?;
    Some(format!("(({piped}) | {name}({}))", arguments.join(", ")))
}

/// What a template renders to, or the messages of its error.
pub(super) fn render(template: &str, values: &Json, helpers: &str) -> Result<String, String> {
    let files = BTreeMap::from([
        ("templates/_helpers.j2".to_owned(), Cow::from(helpers.as_bytes().to_vec())),
        ("Chart.yaml".to_owned(), Cow::from(b"apiVersion: v2\nname: t\nversion: 1.0.0\n".as_slice())),
        ("templates/a.txt.j2".to_owned(), Cow::from(template.as_bytes().to_vec())),
    ]);
    let mut sources = Sources::default();
    let tree = Tree::new(Origin::Directory("t".into()), files);
    let chart = Chart::load(tree, &mut sources, &mut Vec::new()).expect("the chart is valid");
    let release = ReleaseInfo { name: "r".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
    let place = Span::new(sources.add("values", ""), 0..0);
    let values = Node::from_json(values.clone(), place);
    let objects = Objects::new(&chart, &values, &release, &Capabilities::default());
    let text = |errors: Vec<pgchart::diagnostic::Diagnostic>| {
        errors.iter().fold(String::new(), |mut text, error| {
            let _ = writeln!(text, "{error:?}");
            text
        })
    };
    let engine = Engine::new(&chart, &sources).map_err(text)?.with_entropy(Entropy::new(|| Ok([7; 32]), 1_700_000_000));
    let rendered = engine.render(&objects, &sources).map_err(text)?;
    Ok(rendered.into_iter().next().map(|file| file.text).unwrap_or_default())
}

/// How pgchart's answer differs from the recorded one.
fn difference(template: &str, wanted: &str, record: &Json) -> Option<String> {
    let values = record.get("values").cloned().unwrap_or_else(|| Json::Object(serde_json::Map::new()));
    let helpers = record.get("helpers").and_then(Json::as_str).unwrap_or_default();
    let found = render(template, &values, helpers);
    if let Some(ours) = record.get("ours").and_then(Json::as_str) {
        let same = found.as_ref().map_or_else(|error| error.contains(ours), |text| text == ours);
        return (!same).then(|| format!("{template}\n  wanted: {ours}\n  pgchart: {found:?}"));
    }
    match (&found, record.get("error").and_then(Json::as_str)) {
        (Ok(text), None) if text == wanted => None,
        // Go checks the types of arguments before a call; those words are Go's, the refusal is what counts.
        (Err(_), Some(error)) if is_go(error) => None,
        (Err(text), Some(error)) if text.contains(&format!("{error:?}").trim_matches('"').to_owned()) => None,
        (_, Some(error)) => Some(format!("{template}\n  helm fails: {error}\n  pgchart: {found:?}")),
        (_, None) => Some(format!("{template}\n  helm: {wanted:?}\n  pgchart: {found:?}")),
    }
}

/// Errors of Go's template package and runtime rather than of the function.
fn is_go(error: &str) -> bool {
    [
        "executing \"FILE\"",
        "wrong type for value",
        "wrong number of args",
        "invalid value; expected",
        "runtime error",
        "reflect",
    ]
    .iter()
    .any(|words| error.contains(words))
        || error.starts_with("template: ")
        || error.starts_with("FILE:")
        || error.starts_with("non-comparable type")
        || error.starts_with("json: unsupported value")
        || error.starts_with("parse error")
        || error.starts_with("expected ")
}

fn check(record: &Json) -> Vec<String> {
    if let Some(name) = record.get("differs") {
        let name = name.as_str().unwrap_or_default();
        assert!(differences().contains_key(name), "{record}: no such difference");
    }
    let ours = record.get("ours").and_then(Json::as_str);
    let text = ours.or(record.get("text").and_then(Json::as_str)).unwrap_or_default();
    if let Some(template) = record.get("jinja").and_then(Json::as_str) {
        return difference(template, text, record).into_iter().collect();
    }
    let call = &record["call"];
    let function = as_function(call);
    let forms = std::iter::once(function.clone()).chain(as_filter(call));
    let mut problems: Vec<String> =
        forms.filter_map(|form| difference(&format!("{{{{ {form} }}}}"), text, record)).collect();
    if let (Some(json), None) = (record.get("json").and_then(Json::as_str), ours) {
        problems.extend(difference(&format!("{{{{ toRawJson({function}) }}}}"), json, record));
    }
    problems
}

fn recorded() -> Vec<Json> {
    let mut files: Vec<_> = std::fs::read_dir(folder("functions")).expect("recordings").flatten().collect();
    files.sort_by_key(std::fs::DirEntry::file_name);
    let files = files.into_iter().map(|file| file.path());
    let calls =
        files.filter(|path| path.extension().is_some_and(|end| end == "jsonl") && !path.ends_with("names.jsonl"));
    calls.flat_map(|path| records(&path)).collect()
}

#[test]
fn every_call_gives_what_helm_gives() {
    let records = recorded();
    let problems: Vec<String> = records.iter().flat_map(check).collect();
    assert_none(&problems, records.len());
}

/// What Go writes as functions and minijinja as operators and calls.
const SYNTAX: [&str; 4] = ["and", "call", "not", "or"];

/// The functions that a recorded line calls, those inside of arguments included.
fn called(value: &Json, names: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| called(item, names)),
        Json::Object(map) => {
            if let Some(name) = map.get("$").and_then(|call| call[0].as_str()) {
                names.push(name.to_owned());
            }
            map.values().for_each(|item| called(item, names));
        }
        _ => {}
    }
}

/// What arguments are hard: each function is called with all of these.
const EDGES: [&str; 5] = ["nil", "empty", "Unicode", "negative", "huge"];

/// Functions without arguments, those that need a template of their own (`go.jsonl` and `render.jsonl` have their calls), and
/// those that answer with something random or with the present moment.
const WITHOUT_EDGES: [&str; 16] = [
    "ago",
    "bcrypt",
    "date_in_zone",
    "fail",
    "genCA",
    "genCAWithKey",
    "genSelfSignedCert",
    "genSelfSignedCertWithKey",
    "genSignedCert",
    "genSignedCertWithKey",
    "hello",
    "htmlDate",
    "include",
    "now",
    "tpl",
    "uuidv4",
];

/// Which of the edges are among the arguments of a call.
fn edges(value: &Json, found: &mut BTreeSet<&'static str>) {
    let edge = match value {
        Json::Null => Some("nil"),
        Json::String(text) if text.is_empty() => Some("empty"),
        Json::String(text) if !text.is_ascii() => Some("Unicode"),
        Json::Number(number) if number.as_f64().is_some_and(|number| number < 0.0) => Some("negative"),
        Json::Number(number) if number.as_f64().is_some_and(|number| number > 4e9) => Some("huge"),
        Json::Array(items) if items.is_empty() => Some("empty"),
        Json::Object(map) if map.is_empty() => Some("empty"),
        Json::Object(map) if map.get("$").is_some_and(|call| call[0] == "repeat") => Some("huge"),
        _ => None,
    };
    found.extend(edge);
}

#[test]
fn every_function_is_called_with_every_hard_argument() {
    let mut all: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for record in recorded() {
        if let Some((name, arguments)) = record["call"].as_array().and_then(|call| call.split_first()) {
            let found = all.entry(name.as_str().expect("a name").to_owned()).or_default();
            for argument in arguments {
                edges(argument, found);
            }
        }
    }
    let names = records(&folder("functions").join("names.jsonl"));
    let names: Vec<&str> = names.iter().filter_map(|record| record["name"].as_str()).collect();
    let exempt = |name: &&str| SYNTAX.contains(name) || WITHOUT_EDGES.contains(name);
    let problems: Vec<String> = (names.iter().filter(|name| !exempt(name)))
        .filter_map(|name| {
            let found = all.remove(*name).unwrap_or_default();
            let missing: Vec<&str> = EDGES.into_iter().filter(|edge| !found.contains(edge)).collect();
            (!missing.is_empty()).then(|| format!("`{name}` is never called with {}", missing.join(", ")))
        })
        .collect();
    assert_none(&problems, names.len());
}

#[test]
fn every_function_of_helm_is_here_and_is_called() {
    let mut counts: BTreeMap<String, usize> = records(&folder("functions").join("names.jsonl"))
        .iter()
        .filter_map(|record| Some((record["name"].as_str()?.to_owned(), 0)))
        .collect();
    for record in recorded() {
        let mut names = Vec::new();
        if let Some(name) = record["call"][0].as_str() {
            names.push(name.to_owned());
        }
        called(&record["call"], &mut names);
        if let Some(go) = record.get("go").and_then(Json::as_str) {
            names.extend(go.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned));
        }
        for name in names {
            counts.entry(name).and_modify(|count| *count += 1);
        }
    }
    let registry = pgchart::engine::functions();
    let mut table = "# How often each function of Helm is called\n\n\
        `names.jsonl` has the names that Helm's parser knows; the other files the calls and Helm's answers.\n\n\
        | function | recorded calls |\n|---|---|\n"
        .to_owned();
    let mut problems = Vec::new();
    for (name, count) in &counts {
        if SYNTAX.contains(&name.as_str()) {
            let _ = writeln!(table, "| `{name}` | syntax |");
            continue;
        }
        let _ = writeln!(table, "| `{name}` | {count} |");
        if !registry.iter().any(|function| function.name == name) {
            problems.push(format!("`{name}` is missing"));
        } else if *count < 3 {
            problems.push(format!("`{name}` is called {count} times"));
        }
    }
    let path = folder("functions").join("COVERAGE.md");
    if std::env::var_os("PGCHART_UPDATE_COVERAGE").is_some() {
        std::fs::write(&path, &table).expect("writable");
    }
    assert_none(&problems, counts.len());
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == table, "COVERAGE.md is stale: run the test with PGCHART_UPDATE_COVERAGE=1");
}

#[test]
fn every_example_gives_what_it_says() {
    let mut problems = Vec::new();
    for function in pgchart::engine::functions() {
        let Some((expression, result)) = function.example.split_once(" → ") else { continue };
        let values = Json::Object(serde_json::Map::new());
        let found = render(&format!("{{{{ {expression} }}}}"), &values, "");
        // Results with white space are written with escapes.
        let wanted = serde_json::from_str::<String>(result).ok().filter(|text| text.contains(['\n', ' ']));
        if found.as_deref() != Ok(wanted.as_deref().unwrap_or(result)) {
            problems.push(format!("{}: {}\n  gives {found:?}", function.name, function.example));
        }
    }
    assert_none(&problems, pgchart::engine::functions().len());
}

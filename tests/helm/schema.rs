//! Values and JSON schemas: accepted, refused, and failing at the places where Helm says that they fail.

use std::collections::BTreeSet;
use std::path::Path;

use pgchart::diagnostic::{Diagnostic, Span};
use pgchart::engine::{Capabilities, ReleaseInfo};
use pgchart::release::{ChartSource, Error, KeyPolicy, Request, Session, configure, render};
use pgchart::values::{Input, ValueFlags};
use pgchart::yaml::{Node, Value};
use serde_json::Value as Json;

use super::{assert_none, differences, folder, records};

const METADATA: &str = "apiVersion: v2\nname: t\nversion: 1.0.0\n";

/// How a chart's values fared against its schemas.
#[derive(Debug, PartialEq)]
enum Outcome {
    Accepted,
    /// The schema itself does not hold; with our words.
    Invalid(String),
    /// Each message with the JSON pointers that its place may stand for.
    Failing(Vec<(String, BTreeSet<String>)>),
}

/// What the user sets stands in for a values file.
struct User(String);

impl Input for User {
    fn read(&mut self, _: &str) -> Result<String, String> {
        Ok(self.0.clone())
    }
}

fn write(root: &Path, case: &Json) {
    let files = case.get("files").and_then(Json::as_object).into_iter().flatten();
    let own = [("values.schema.json", &case["schema"]), ("values.yaml", &case["values"])];
    let metadata = Json::from(METADATA);
    let all = files.map(|(name, text)| (name.as_str(), text)).chain(own).chain([("Chart.yaml", &metadata)]);
    for (name, text) in all {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().expect("below the root")).expect("writable");
        std::fs::write(path, text.as_str().expect("text")).expect("writable");
    }
}

fn outcome(case: &Json) -> Outcome {
    let root = tempfile::tempdir().expect("a directory");
    write(root.path(), case);
    let mut input = User(case.get("user").map_or_else(|| "{}".to_owned(), Json::to_string));
    let mut session = Session::new(&mut input);
    let request = Request {
        chart: ChartSource::Path(root.path().to_owned()),
        release: ReleaseInfo { name: "r".to_owned(), namespace: "ns".to_owned(), is_upgrade: false },
        capabilities: Capabilities::default(),
        values: ValueFlags { files: vec!["user.json".to_owned()], ..ValueFlags::default() },
        skip_schema_validation: false,
        secret_key: KeyPolicy::Throwaway,
        seed: None,
        now: 0,
    };
    let configured = match configure(&request, &mut session) {
        Ok(configured) => configured,
        Err(error) => return failed(&error, None),
    };
    match render(&configured, &request, &mut session) {
        Ok(_) => Outcome::Accepted,
        Err(error) => failed(&error, Some(&configured.values)),
    }
}

fn failed(error: &Error, values: Option<&Node>) -> Outcome {
    let Error::Input(list) = error else { panic!("{error:?}") };
    let invalid =
        |one: &&Diagnostic| one.message.contains("not valid JSON") || one.message.contains("no valid JSON schema");
    if let Some(first) = list.iter().find(invalid) {
        return Outcome::Invalid(first.message.clone());
    }
    let mut places = Vec::new();
    collect(values.expect("the chart is read"), "", &mut places);
    let pointers =
        |span: Span| places.iter().filter(|(at, _)| *at == span).map(|(_, pointer)| pointer.clone()).collect();
    let told = list.iter().map(|one| {
        let span = one.primary.as_ref().map(|label| label.span);
        (one.message.clone(), span.map(pointers).unwrap_or_default())
    });
    Outcome::Failing(told.collect())
}

/// Every place of the values with its pointer; a key stands for its value.
fn collect(node: &Node, pointer: &str, places: &mut Vec<(Span, String)>) {
    places.push((node.span, pointer.to_owned()));
    match &node.value {
        Value::Map(map) => {
            for (key, entry) in map {
                let below = child(pointer, key);
                places.push((entry.key, below.clone()));
                collect(&entry.node, &below, places);
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                collect(item, &format!("{pointer}/{index}"), places);
            }
        }
        _ => {}
    }
}

fn child(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The places that Helm names for one failure.
struct Wanted {
    /// All of them, those of alternatives included.
    known: BTreeSet<String>,
    /// Of each set at least one must be told.
    needed: Vec<BTreeSet<String>>,
}

impl Wanted {
    fn new(failing: &Json) -> Self {
        let mut wanted = Self { known: BTreeSet::new(), needed: Vec::new() };
        failing.as_array().into_iter().flatten().for_each(|one| wanted.add(one));
        wanted
    }

    fn add(&mut self, one: &Json) {
        let (at, why) = (one["at"].as_str().expect("a pointer"), one["why"].as_str().expect("words"));
        let below = one["below"].as_array().expect("a list");
        if let Some(keys) = one.get("keys").and_then(Json::as_array) {
            for key in keys.iter().filter_map(Json::as_str) {
                self.need(BTreeSet::from([child(at, key)]));
            }
        } else if let Some(pair) = why.strip_prefix("items at ") {
            // Of the two equal items ours points at the second.
            let second = pair.split(' ').nth(2).expect("two positions");
            self.need(BTreeSet::from([at.to_owned(), child(at, second)]));
        } else if below.is_empty() || why.contains("contains") {
            self.need(BTreeSet::from([at.to_owned()]));
        } else if why.contains("'anyOf'") || why.contains("'oneOf'") {
            let mut group = Self::new(&one["below"]);
            group.known.insert(at.to_owned());
            self.need(group.known);
        } else {
            for one in below {
                self.add(one);
            }
        }
    }

    fn need(&mut self, places: BTreeSet<String>) {
        self.known.extend(places.iter().cloned());
        self.needed.push(places);
    }

    fn equals(&self, told: &[(String, BTreeSet<String>)]) -> bool {
        let told_at = |places: &BTreeSet<String>| told.iter().any(|(_, at)| !at.is_disjoint(places));
        self.needed.iter().all(told_at) && told.iter().all(|(_, at)| !at.is_disjoint(&self.known))
    }
}

/// What pgchart must do: as Helm, or as the named difference says.
fn is_wanted(case: &Json, found: &Outcome) -> bool {
    let ours = case.get("ours");
    let accepted = ours.map_or(case.get("accepted").is_some(), |ours| ours == "accepts");
    let invalid = ours.map_or(case.get("invalid").is_some(), |ours| ours == "refuses the schema");
    match found {
        Outcome::Accepted => accepted,
        Outcome::Invalid(_) => invalid,
        Outcome::Failing(told) => match ours.and_then(Json::as_array) {
            None => !accepted && !invalid && Wanted::new(&case["failing"]).equals(told),
            Some(places) => {
                let needed = places.iter().filter_map(Json::as_str).map(|at| BTreeSet::from([at.to_owned()]));
                let known = places.iter().filter_map(Json::as_str).map(str::to_owned).collect();
                Wanted { known, needed: needed.collect() }.equals(told)
            }
        },
    }
}

fn difference(case: &Json) -> Option<String> {
    if let Some(name) = case.get("differs") {
        let name = name.as_str().unwrap_or_default();
        assert!(differences().contains_key(name), "{case}: no difference `{name}`");
        assert!(case.get("ours").is_some(), "{case}: what is ours?");
    }
    let found = outcome(case);
    (!is_wanted(case, &found)).then(|| format!("{case}\n  pgchart: {found:?}"))
}

#[test]
fn values_fail_against_schemas_where_helm_says_so() {
    let records = records(&folder("schema").join("recordings.jsonl"));
    let problems: Vec<String> = records.iter().filter_map(difference).collect();
    assert_none(&problems, records.len());
}

//! The values a chart ends with, from its defaults, files and flags, are those that Helm ends with.

use std::borrow::Cow;
use std::collections::BTreeMap;

use pgchart::chart::{Chart, Origin, Tree, coalesce};
use pgchart::diagnostic::{Diagnostic, Sources, Span};
use pgchart::values::{Input, ValueFlags};
use pgchart::yaml::{Node, Value};
use serde_json::Value as Json;

use super::{assert_none, differences, folder, records};

/// The files of a case: `-f 0`, `-f 1` …, and what `--set-file` names.
struct Texts<'a>(&'a Json);

impl Input for Texts<'_> {
    fn read(&mut self, path: &str) -> Result<String, String> {
        let file = path.strip_prefix("file-").and_then(|number| number.parse::<usize>().ok());
        let found = file.map_or(&self.0["texts"][path.trim_start_matches("./")], |number| &self.0["files"][number]);
        found.as_str().map(str::to_owned).ok_or_else(|| "no such file".to_owned())
    }
}

fn strings(case: &Json, key: &str) -> Vec<String> {
    let list = case[key].as_array().into_iter().flatten();
    list.map(|item| item.as_str().expect("an argument").to_owned()).collect()
}

fn messages(errors: &[Diagnostic]) -> String {
    errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n")
}

/// The final values, or the messages of what is wrong.
fn merged(case: &Json) -> Result<Json, String> {
    let mut sources = Sources::default();
    let mut warnings = Vec::new();
    let mut files = BTreeMap::new();
    let metadata = "apiVersion: v2\nname: t\nversion: 1.0.0\n";
    files.insert("Chart.yaml".to_owned(), Cow::from(metadata.as_bytes().to_vec()));
    if let Some(defaults) = case["defaults"].as_str() {
        files.insert("values.yaml".to_owned(), Cow::from(defaults.as_bytes().to_vec()));
    }
    let tree = Tree::new(Origin::Directory("t".into()), files);
    let chart = Chart::load(tree, &mut sources, &mut warnings).map_err(|errors| messages(&errors))?;
    let flags = ValueFlags {
        files: (0..strings(case, "files").len()).map(|number| format!("file-{number}")).collect(),
        set_json: strings(case, "set_json"),
        set: strings(case, "set"),
        set_string: strings(case, "set_string"),
        set_file: strings(case, "set_file"),
        set_literal: strings(case, "set_literal"),
        preset: None,
    };
    let user = flags.layer(&mut Texts(case), &mut sources, &mut warnings).map_err(|errors| messages(&errors))?;
    let values = coalesce(&chart, user, &mut warnings).map_err(|error| error.message)?;
    let place = Span::new(sources.add("", ""), 0..0);
    Ok(Node::new(Value::Map(values), place).to_json())
}

/// Equal; with `as_floats`, integers are equal that are one 64-bit float.
fn equal(ours: &Json, helms: &Json, as_floats: bool) -> bool {
    match (ours, helms) {
        (Json::Number(a), Json::Number(b)) => match (a.as_i128(), b.as_i128()) {
            (Some(a), Some(b)) if !as_floats => a == b,
            _ => a.as_f64() == b.as_f64(),
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b, as_floats)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b, as_floats)))
        }
        (a, b) => a == b,
    }
}

fn check(case: &Json) -> Option<String> {
    let name = case["name"].as_str().expect("a name");
    let found = merged(case);
    let differs = case.get("differs").and_then(Json::as_str);
    if let Some(differs) = differs {
        assert!(differences().contains_key(differs), "{name}: no such difference");
    }
    let holds = match (&found, case.get("values"), differs) {
        (Ok(values), Some(helms), None) => equal(values, helms, false),
        (Ok(values), Some(helms), Some("integers")) => equal(values, helms, true) && !equal(values, helms, false),
        (Ok(values), _, Some(_)) => case.get("ours").is_some_and(|ours| equal(values, ours, false)),
        (Err(message), Some(_), Some(_)) => case["says"].as_str().is_some_and(|says| message.contains(says)),
        (Err(message), None, None) => case["says"].as_str().is_none_or(|says| message.contains(says)),
        _ => false,
    };
    let helms = case.get("values").or(case.get("error"));
    let shown = found.as_ref().map_or_else(|message| format!("error: {message}"), Json::to_string);
    (!holds).then(|| format!("{name}\n  helm: {}\n  pgchart: {shown}", helms.expect("an answer")))
}

#[test]
fn the_final_values_are_helms() {
    let cases = records(&folder("values/recordings.jsonl"));
    let problems: Vec<String> = cases.iter().filter_map(check).collect();
    assert_none(&problems, cases.len());
}

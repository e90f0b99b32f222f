//! What templates write of values has the bytes that Helm writes.

use std::io::Read as _;

use flate2::read::GzDecoder;
use serde_json::Value as Json;

use super::functions::render;
use super::{assert_none, folder};

/// Values that one template writes; more would not run faster.
const BATCH: usize = 200;

fn records() -> Vec<Json> {
    let file = std::fs::File::open(folder("yaml/answers.jsonl.gz")).expect("recorded answers");
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("readable");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// Holds a function against the answers that stand under a name.
fn compare(name: &str, function: &str) {
    let records: Vec<Json> = records().into_iter().filter(|record| record.get(name).is_some()).collect();
    // Where Helm writes nothing without a word, pgchart stops: the difference "silence".
    let (silent, records): (Vec<Json>, Vec<Json>) = records.into_iter().partition(|record| record[name] == "");
    let mut problems = Vec::new();
    for record in &silent {
        let values = serde_json::json!({"v": record["value"]});
        let found = render(&format!("{{{{ {function}(Values.v) }}}}"), &values, "");
        if found.as_deref() != Ok("") && !found.as_ref().is_err_and(|error| error.contains("cannot write")) {
            problems.push(format!("{}\n  helm writes nothing\n  pgchart: {found:?}", record["value"]));
        }
    }
    for batch in records.chunks(BATCH) {
        let wrapped = batch.iter().map(|record| serde_json::json!({"v": record["value"]}));
        let values = serde_json::json!({"v": wrapped.collect::<Vec<_>>()});
        let template = format!("{{% for x in Values.v %}}{{{{ toRawJson({function}(x.v)) }}}}\n{{% endfor %}}");
        let rendered = render(&template, &values, "").expect("a text");
        let found = rendered.split('\n').filter(|line| !line.is_empty());
        assert_eq!(found.clone().count(), batch.len(), "one line for each value");
        for (record, line) in batch.iter().zip(found) {
            let found: String = serde_json::from_str(line).expect("text");
            let wanted = record[name].as_str().expect("text");
            if found != wanted {
                problems.push(format!("{}\n  helm:    {wanted:?}\n  pgchart: {found:?}", record["value"]));
            }
        }
    }
    assert_none(&problems, records.len());
    assert!(records.len() > 200, "{name}: {} answers are too few to tell", records.len());
}

#[test]
fn to_yaml_writes_helms_bytes() {
    compare("yaml", "toYaml");
}

#[test]
fn to_yaml_pretty_writes_helms_bytes() {
    compare("pretty", "toYamlPretty");
}

#[test]
fn to_json_writes_helms_bytes() {
    compare("json", "toJson");
    compare("raw", "toRawJson");
    compare("indented", "toPrettyJson");
}

#[test]
fn to_toml_writes_helms_bytes() {
    compare("toml", "toToml");
}

//! The YAML reader never panics, and what it accepts is written so that it reads back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgchart::diagnostic::Sources;
use pgchart::yaml::{Limits, read, write};
use serde_json::Value;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let id = sources.add("fuzz", text);
    // Less than may be read: what aliases expand to is written in full, and has to fit once more.
    let limits = Limits { nodes: 10_000, ..Limits::default() };
    let Ok(reading) = read(&sources, id, limits) else { return };
    for document in reading.documents {
        let json = document.to_json();
        let written = write(&json);
        let again = sources.add("written", written.as_str());
        let again = read(&sources, again, Limits::default()).unwrap_or_else(|e| panic!("{e:?}\n{written}"));
        let back = again.documents.first().map_or(serde_json::Value::Null, pgchart::yaml::Node::to_json);
        assert!(same(&json, &back), "{json}\n{written}\n{back}");
    }
});

/// As Helm, a large float without a fraction is written like an integer, and reads back as one.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || (a.is_f64() || b.is_f64()) && a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

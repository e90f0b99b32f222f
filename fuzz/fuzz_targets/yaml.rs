//! The YAML reader never panics, and what it accepts is written so that it reads back the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pgchart::diagnostic::Sources;
use pgchart::yaml::{Limits, read, write};

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let id = sources.add("fuzz", text);
    let Ok(reading) = read(&sources, id, Limits::default()) else { return };
    for document in reading.documents {
        let json = document.to_json();
        let written = write(&json);
        let again = sources.add("written", written.as_str());
        let again = read(&sources, again, Limits::default()).unwrap_or_else(|e| panic!("{e:?}\n{written}"));
        let back = again.documents.first().map_or(serde_json::Value::Null, pgchart::yaml::Node::to_json);
        assert_eq!(json, back, "{written}");
    }
});

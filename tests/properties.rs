//! What holds for any input: nothing panics, and what is written reads back.

use pgchart::diagnostic::Sources;
use pgchart::values::ValueFlags;
use pgchart::yaml::{Limits, read, write};
use proptest::prelude::*;
use serde_json::{Map, Value as Json};

/// Text with what YAML finds special.
fn tricky_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9 :#'\"\\[\\]{},&*!|>%@`\\-?.~_=<\\\\/\n\t]{0,40}",
        "[ -~]{0,120}",
        "\\PC{0,20}",
        prop::sample::select(vec![
            "yes",
            "no",
            "on",
            "y",
            "~",
            "null",
            "1e3",
            "0x1F",
            "012",
            "1_000",
            "12:30",
            "2024-01-01",
            "---",
            "...",
            "- a",
            "a: b",
            "a #b",
            " lead",
            "trail ",
            "\n",
            "\n\n",
            "a\n",
            "a\n\n",
            " a\nb",
            "😀",
            "\u{feff}",
            "<<",
            "=",
        ])
        .prop_map(str::to_owned),
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        (-1e9..1e9f64).prop_map(Json::from),
        tricky_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
            prop::collection::vec((tricky_text(), inner), 0..5)
                .prop_map(|entries| Json::Object(entries.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Helm writes the key `<<` without quotes, and then it merges when it is read.
fn has_merge_key(value: &Json) -> bool {
    match value {
        Json::Array(items) => items.iter().any(has_merge_key),
        Json::Object(map) => map.iter().any(|(key, value)| key == "<<" || has_merge_key(value)),
        _ => false,
    }
}

/// A float that is whole becomes an integer on the way, as in Helm.
fn normal(value: Json) -> Json {
    match value {
        #[expect(clippy::cast_possible_truncation, reason = "the values are below 1e9")]
        Json::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 => Json::from(float as i64),
            _ => Json::Number(number),
        },
        Json::Array(items) => items.into_iter().map(normal).collect(),
        Json::Object(map) => map.into_iter().map(|(key, value)| (key, normal(value))).collect(),
        other => other,
    }
}

fn read_back(text: &str) -> Result<Json, String> {
    let mut sources = Sources::default();
    let id = sources.add("written", text);
    let reading = read(&sources, id, Limits::default()).map_err(|error| error.message)?;
    Ok(reading.documents.first().map_or(Json::Null, pgchart::yaml::Node::to_json))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(value in json()) {
        prop_assume!(!has_merge_key(&value));
        let text = write(&value);
        prop_assert_eq!(read_back(&text), Ok(normal(value)), "{}", text);
    }

    #[test]
    fn what_is_written_reads_back_with_another_reader(value in json()) {
        prop_assume!(!has_merge_key(&value));
        let text = write(&value);
        // Helm's writer leaves these as they are, and readers of YAML 1.1 take them for line breaks.
        prop_assume!(!text.contains(['\u{85}', '\u{2028}', '\u{2029}']));
        let other: Json = serde_yaml::from_str(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(normal(other), normal(value), "{}", text);
    }

    #[test]
    fn reading_never_panics(text in "\\PC{0,200}|[ \\t\\n:\\-\\[\\]{}&*!|>'\"#a-c0-9]{0,200}") {
        let _ = read_back(&text);
    }

    #[test]
    fn set_never_panics(text in "[a-c0-9.=,\\[\\]{}\\\\ ]{0,60}|\\PC{0,40}") {
        let flags = ValueFlags {
            set: vec![text.clone()],
            set_string: vec![text.clone()],
            set_json: vec![text.clone()],
            set_literal: vec![text],
            ..ValueFlags::default()
        };
        let _ = flags.layer(&mut NoFiles, &mut Sources::default(), &mut Vec::new());
    }
}

struct NoFiles;

impl pgchart::values::Input for NoFiles {
    fn read(&mut self, _: &str) -> Result<String, String> {
        Err("no files here".to_owned())
    }
}

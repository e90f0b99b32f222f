//! What holds for any input: nothing panics, and what is written reads back.

use std::sync::LazyLock;

use pgchart::chart::{Chart, Origin, Tree};
use pgchart::diagnostic::{Sources, Span};
use pgchart::engine::{Capabilities, Engine, Entropy, Objects, ReleaseInfo};
use pgchart::values::ValueFlags;
use pgchart::yaml::{Limits, Node, read, write};
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

/// Calls with two texts and a number; each is a template, so that the error of one hides no other.
const CALLS: [&str; 30] = [
    "b64dec(a)",
    "b32dec(a)",
    "b32dec(b32enc(a))",
    "sha1sum(a)",
    "adler32sum(a)",
    "semver(a)",
    "semverCompare(a, b)",
    "semverCompare(a, '1.2.3-rc.1')",
    "base(a)",
    "dir(a)",
    "clean(a)",
    "ext(a)",
    "urlParse(a)",
    "urlJoin(urlParse(a))",
    "urlJoin({host: a, path: b, userinfo: a, fragment: b})",
    "mustToDate(a, b)",
    "mustToDate(a, date(a, n))",
    "dateInZone(a, n, b)",
    "dateInZone('2006', 0, b)",
    "toDate('2006', '2020').AddDate(n, n, n)",
    "toDate('2006', '2020').Add(n).Round(n)",
    "mustDateModify(a, now())",
    "ago(n)",
    "duration(n)",
    "durationRound(n)",
    "randAlphaNum(n)",
    "randInt(n, n + 1)",
    "decryptAES(a, b64enc(b))",
    "buildCustomCert(b64enc(a), b64enc(b))",
    "genCAWithKey(a, n, b)",
];

fn empty_chart_of(templates: impl IntoIterator<Item = (String, String)>) -> (Chart, Sources) {
    let mut files = std::collections::BTreeMap::new();
    files.insert("Chart.yaml".to_owned(), b"apiVersion: v2\nname: t\nversion: 1.0.0\n".as_slice().into());
    files.extend(templates.into_iter().map(|(path, text)| (path, text.into_bytes().into())));
    let mut sources = Sources::default();
    let tree = Tree::new(Origin::Directory("t".into()), files);
    (Chart::load(tree, &mut sources, &mut Vec::new()).expect("the chart is valid"), sources)
}

/// The calls, compiled.
static ENGINE: LazyLock<(Chart, Sources, Engine)> = LazyLock::new(|| {
    let template = |(index, call): (usize, &&str)| {
        let text = format!("{{% set a = Values.a %}}{{% set b = Values.b %}}{{% set n = Values.n %}}{{{{ {call} }}}}");
        (format!("templates/{index}.txt.j2"), text)
    };
    let (chart, sources) = empty_chart_of(CALLS.iter().enumerate().map(template));
    let engine = Engine::new(&chart, &sources).expect("the calls are valid");
    (chart, sources, engine.with_entropy(Entropy::new(|| Ok([1; 32]), 1_700_000_000)))
});

/// Text with what versions, URLs, dates and durations find special.
fn argument() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9vx.*=!<>~^|, \\-+a]{0,20}",
        "[a-c]{0,3}:?(//)?[a-c@:%\\[\\]0-9.]{0,10}[/?#%a-f0-9é]{0,12}",
        "(2006|06|01|1|Jan|_2|02|002|15|3|04|05|[.,]0{1,12}|[.,]9{1,12}|PM|MST|-07:00|Z0700|[ :T-]){0,8}",
        "[+-]?([0-9]{1,20}[.]?[0-9]{0,20}(ns|us|µs|ms|s|m|h)){0,3}",
        "[A-Z][a-z]{2,8}/[A-Z][a-z]{2,8}|[A-Z2-7=]{0,24}|[A-Za-z0-9+/=]{0,24}",
        "\\PC{0,20}",
    ]
}

fn number() -> impl Strategy<Value = i64> {
    prop_oneof![-10..100i64, any::<i64>(), prop::sample::select(vec![i64::MIN, i64::MAX, -62_135_596_801, 65_537])]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn template_functions_never_panic(a in argument(), b in argument(), n in number()) {
        let (chart, sources, engine) = &*ENGINE;
        let mut own = sources.clone();
        let place = Span::new(own.add("values", ""), 0..0);
        let values = Node::from_json(serde_json::json!({"a": a, "b": b, "n": n}), place);
        let release = ReleaseInfo { name: "r".to_owned(), namespace: "ns".to_owned(), is_upgrade: false };
        let objects = Objects::new(chart, &values, &release, &Capabilities::default());
        let _ = engine.render(&objects, &own);
    }
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

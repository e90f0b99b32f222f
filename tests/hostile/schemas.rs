//! JSON schemas that circle, double themselves, backtrack, or lead outside.

use serde_json::{Value as Json, json};

use super::world::World;

fn world(schema: &Json, values: &str) -> World {
    let world = World::with("values.schema.json", schema.to_string());
    world.write("t/values.yaml", values);
    world
}

fn refuses(schema: &Json, values: &str, words: &str) {
    world(schema, values).refuses(&[], words);
}

/// So many values by name.
fn keys(count: usize) -> String {
    (0..count).fold(String::new(), |text, at| text + &format!("k{at}: x\n"))
}

/// Definitions `0` to `length`, each made from the next one.
fn chain(length: usize, each: impl Fn(Json) -> Json) -> Json {
    let mut named: serde_json::Map<_, _> =
        (0..length).map(|at| (at.to_string(), each(json!({"$ref": format!("#/$defs/{}", at + 1)})))).collect();
    named.insert(length.to_string(), json!({"type": "string"}));
    json!({"$defs": named, "properties": {"a": {"$ref": "#/$defs/0"}}})
}

#[test]
fn a_schema_that_refers_to_itself_is_refused() {
    refuses(&json!({"$ref": "#"}), "a: 1\n", "applies itself");
    refuses(&json!({"allOf": [{"$ref": "#"}]}), "a: 1\n", "applies itself");
    refuses(&json!({"$dynamicAnchor": "n", "$dynamicRef": "#n"}), "a: 1\n", "applies itself");
    let recursive = json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$recursiveAnchor": true, "$recursiveRef": "#"});
    refuses(&recursive, "a: 1\n", "applies itself");
}

#[test]
fn long_chains_of_references_are_bounded() {
    refuses(&chain(9_000, |next| next), "a: 1\n", "`a` must be text");
    refuses(&chain(100_000, |next| next), "a: 1\n", "more than 10000 references");
    refuses(&chain(4_000, |next| json!({"not": {"not": next}})), "a: 1\n", "error:");
}

#[test]
fn schemas_that_double_themselves_are_refused() {
    for keyword in ["allOf", "anyOf", "oneOf"] {
        refuses(&chain(64, |next| json!({keyword: [next.clone(), next]})), "a: 1\n", "takes more than");
    }
    refuses(&chain(16, |next| json!({"anyOf": [next.clone(), next]})), "a: 1\n", "error:");
    let tree = json!({"$ref": "#/$defs/t", "$defs": {"t": {"anyOf": [
        {"type": "string", "additionalProperties": {"$ref": "#/$defs/t"}},
        {"additionalProperties": {"$ref": "#/$defs/t"}, "minProperties": 2},
    ]}}});
    refuses(&tree, &format!("a: {}1{}\n", "{a: ".repeat(90), "}".repeat(90)), "error:");
}

#[test]
fn patterns_that_backtrack_elsewhere_match_at_once() {
    for pattern in ["(a+)+$", "^(a|a)*$", "(x+x+)+y", "^(([a-z])+.)+[A-Z]([a-z])+$"] {
        let text = format!("a: \"{}!\"\n", "a".repeat(100_000));
        refuses(&json!({"properties": {"a": {"pattern": pattern}}}), &text, "wrong form");
    }
}

#[test]
fn huge_patterns_are_refused() {
    for pattern in [
        r"\pL{1000}".repeat(100),
        "((((a{30}){30}){30}){30}){30}".to_owned(),
        "(".repeat(100_000),
        "(?:".repeat(10_000) + &")".repeat(10_000),
        "[a".repeat(10_000),
        "a|".repeat(500_000),
        "a?".repeat(100_000),
        r"\pL".repeat(100_000),
    ] {
        let world = world(&json!({"properties": {"a": {"pattern": pattern}}}), "a: x\n");
        let ran = world.template(&[]);
        assert!(ran.code == Some(0) || ran.code == Some(1), "{}", ran.stderr);
        assert!(ran.stderr.len() < 16 * 1024, "a message of {} bytes", ran.stderr.len());
    }
}

#[test]
fn deep_and_large_schemas_are_bounded() {
    let world = World::with("values.schema.json", "{\"not\":".repeat(100_000));
    world.refuses(&[], "not valid JSON");
    let many: serde_json::Map<_, _> = (0..20_000).map(|at| (format!("^{at}"), json!({"type": "string"}))).collect();
    let values = keys(20_000);
    refuses(&json!({"patternProperties": many}), &values, "takes more than");
    let list: Vec<usize> = (0..300_000).collect();
    refuses(&json!({"properties": {"a": {"enum": list}}}), "a: x\n", "must be one of");
    let world = World::with("values.schema.json", format!("[{}]", vec!["1"; 2_000_000].join(",")));
    world.refuses(&[], "holds more than 500000 values");
    let world = World::with("values.schema.json", format!("{{\"x\": [{}]}}", vec!["1"; 2_500_000].join(",")));
    world.refuses(&[], "holds more than 500000 values");
}

#[test]
fn many_violations_are_not_all_told() {
    let values = keys(50_000);
    let ran = world(&json!({"additionalProperties": {"type": "integer"}}), &values).template(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.len() < 64 * 1024, "{} bytes of messages", ran.stderr.len());
}

#[test]
fn large_lists_are_compared_in_time() {
    let items: Vec<String> = (0..200_000).map(|at| at.to_string()).collect();
    let values = format!("a: [{}, 7]\n", items.join(","));
    refuses(&json!({"properties": {"a": {"uniqueItems": true}}}), &values, "must not hold an item twice");
}

#[test]
fn references_never_leave_the_chart() {
    for reference in [
        "../outside/secret.yaml",
        "../../../../../../etc/passwd",
        "/etc/passwd",
        "file:///etc/passwd",
        "file:../outside/secret.yaml",
        "chart:///../outside/secret.yaml",
        "%2e%2e/outside/secret.yaml",
        "..%2foutside%2fsecret.yaml",
        "http://127.0.0.1:1/s.json",
        "//localhost/s.json",
        "urn:x:y",
        "data:application/json,{}",
    ] {
        refuses(&json!({"properties": {"a": {"$ref": reference}}}), "a: 1\n", "`$ref` may point into");
    }
    refuses(&json!({"$schema": "http://127.0.0.1:1/meta"}), "a: 1\n", "http://127.0.0.1:1/meta");
}

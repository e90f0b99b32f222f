//! Violations of schemas of any kind, as the user reads them: message, place and hints on one line each.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::{describe, paths, validate};
use crate::chart::{Origin, Tree};
use crate::diagnostic::{Diagnostic, Sources};
use crate::yaml::{Limits, read};

/// A chart of nothing.
fn tree() -> Tree {
    Tree::new(Origin::Directory(".".into()), BTreeMap::new())
}

/// The diagnostics as `text at the place: message | label | help`.
fn check(schema: &Json, text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let id = sources.add("values.yaml", text);
    let values = read(&sources, id, Limits::default()).expect("valid YAML").documents.remove(0);
    let found = validate(schema, &values, &tree()).expect("a valid schema");
    found.iter().map(|diagnostic| line(diagnostic, &sources)).collect()
}

fn line(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let place = diagnostic.primary.as_ref().expect("a place");
    let mut line = format!("{}: {}", sources.slice(place.span), diagnostic.message);
    for extra in std::iter::once(&place.message).chain(&diagnostic.help).filter(|text| !text.is_empty()) {
        line.push_str(" | ");
        line.push_str(extra);
    }
    line
}

fn schema_error(schema: &Json) -> String {
    let mut sources = Sources::default();
    let id = sources.add("values.yaml", "a: 1\n");
    let values = read(&sources, id, Limits::default()).expect("valid YAML").documents.remove(0);
    validate(schema, &values, &tree()).expect_err("an invalid schema").message
}

#[test]
fn every_violation_is_told_in_the_order_of_the_file() {
    let schema = json!({"properties": {"b": {"type": "integer"}, "a": {"maximum": 3}, "c": {"minLength": 2}}});
    assert_eq!(
        check(&schema, "c: x\na: 5\nb: text\n"),
        [
            "x: `c` must have at least 2 characters, found `x`",
            "5: `a` must be at most 3, found `5`",
            "text: `b` must be an integer, found text `text`",
        ]
    );
}

#[test]
fn a_key_that_is_left_out_on_purpose_is_told_with_what_to_use() {
    let schema = json!({
        "additionalProperties": false,
        "x-absent": {"ingress": "use a gateway"},
        "properties": {"tool": {"properties": {"ingress": {}}}},
    });
    assert_eq!(check(&schema, "ingress: {}\n"), ["ingress: unknown key `ingress` | use a gateway"]);
}

#[test]
fn an_unknown_key_is_told_at_the_key_with_what_was_meant_or_where_it_is_known() {
    let schema = json!({
        "additionalProperties": false,
        "properties": {
            "persistence": {"additionalProperties": false, "properties": {"storageClass": {}, "size": {}}},
        },
    });
    assert_eq!(
        check(&schema, "persistance: 1\nstorageClass: fast\npersistence: {zone: a}\n"),
        [
            "persistance: unknown key `persistance` | did you mean `persistence`?",
            "storageClass: unknown key `storageClass` | there is `persistence.storageClass`",
            "zone: unknown key `persistence.zone` | known keys here: storageClass, size",
        ]
    );
}

#[test]
fn a_value_outside_a_list_of_values_gets_the_nearest_one() {
    let schema = json!({"properties": {"policy": {"enum": ["Always", "Never", null]}, "one": {"const": 1}}});
    assert_eq!(
        check(&schema, "policy: Allways\none: 2\n"),
        [
            "Allways: `policy` must be one of `Always`, `Never`, found `Allways` | did you mean `Always`?",
            "2: `one` must be `1`, found `2`",
        ]
    );
}

#[test]
fn a_missing_key_is_told_at_its_parent() {
    let schema =
        json!({"properties": {"image": {"required": ["tag"]}, "auth": {"dependentRequired": {"user": ["role"]}}}});
    assert_eq!(
        check(&schema, "image: {}\nauth: {user: a}\n"),
        [
            "image: `image` must have a `tag` | `tag` is missing here",
            "auth: `auth` must have a `role` | `role` is missing here",
        ]
    );
}

#[test]
fn names_of_keys_are_checked_at_the_keys() {
    let schema = json!({
        "properties": {
            "labels": {"propertyNames": {"pattern": "^[a-z]+$", "x-message": "small letters"}},
            "modes": {"propertyNames": {"enum": ["fast", "safe"]}},
            "numbers": {"patternProperties": {"^n": {"type": "integer"}}, "additionalProperties": false},
        },
    });
    assert_eq!(
        check(&schema, "labels: {A1: x}\nmodes: {fats: 1}\nnumbers: {n1: x, m: 1}\n"),
        [
            "A1: `labels.A1` is no name that is allowed here | write small letters",
            "fats: `modes.fats` is no name that is allowed here | did you mean `fast`?",
            "x: `numbers.n1` must be an integer, found text `x`",
            "m: unknown key `numbers.m` | `pgchart show values` lists what there is",
        ]
    );
}

#[test]
fn alternatives_are_told_by_the_one_that_fits_best() {
    let volume = |kind: &str, key: &str| {
        json!({
            "properties": {"type": {"const": kind}, key: {"type": "string"}},
            "required": ["type", key],
            "additionalProperties": false,
        })
    };
    let schema = json!({
        "properties": {
            "volume": {"oneOf": [volume("nfs", "server"), volume("claim", "name"), {"type": "null"}]},
            "size": {"anyOf": [{"type": "string"}, {"type": "array"}]},
            "from": {"anyOf": [{"required": ["secret"]}, {"required": ["file"]}]},
            "mode": {"anyOf": [{"const": "on"}, {"enum": ["off", "auto"]}, {"type": "null"}]},
        },
    });
    assert_eq!(
        check(&schema, "volume: {type: claim, name: 7}\nsize: 5\nfrom: {}\nmode: aut\n"),
        [
            "7: `volume.name` must be text, found the integer `7`",
            "5: `size` must be text or a list, found the integer `5`",
            "from: `from` must have `secret` or `file` | one of them is missing here",
            "aut: `mode` must be one of `on`, `off`, `auto`, found `aut` | did you mean `auto`?",
        ]
    );
}

#[test]
fn lists_are_checked_by_length_items_and_uniqueness() {
    let schema = json!({
        "properties": {
            "few": {"maxItems": 1},
            "none": {"minItems": 1},
            "set": {"uniqueItems": true},
            "pair": {"prefixItems": [{"type": "string"}], "items": false},
            "some": {"contains": {"const": "x"}},
            "rest": {"prefixItems": [{}], "unevaluatedItems": false},
        },
    });
    assert_eq!(
        check(&schema, "few: [1, 2]\nnone: []\nset: [a, b, a]\npair: [a, b]\nsome: [y]\nrest: [1, 2]\n"),
        [
            "[1, 2]: `few` must have at most 1 item",
            "[]: `none` must not be empty",
            "a: `set` must not hold an item twice | again here",
            "b: `pair[1]` must not be set",
            "[y]: `some` must hold an item that fits the schema's `contains`",
            "2: `rest[1]` is an item that the schema does not know",
        ]
    );
}

#[test]
fn numbers_maps_and_forbidden_things_are_told_plainly() {
    let schema = json!({
        "properties": {
            "even": {"multipleOf": 2},
            "above": {"exclusiveMinimum": 0},
            "below": {"exclusiveMaximum": 1},
            "small": {"maxProperties": 1},
            "old": false,
            "both": {"not": {"required": ["a", "b"]}},
            "root": {"not": {"const": "postgres"}},
            "open": {"allOf": [{"properties": {"size": {}}}], "unevaluatedProperties": false},
        },
    });
    assert_eq!(
        check(
            &schema,
            "even: 3\nabove: 0\nbelow: 1\nsmall: {a: 1, b: 2}\nold: 1\nboth: {a: 1, b: 1}\nroot: postgres\nopen: {siz: 1}\n"
        ),
        [
            "3: `even` must be a multiple of 2, found `3`",
            "0: `above` must be more than 0, found `0`",
            "1: `below` must be less than 1, found `1`",
            "{a: 1, b: 2}: `small` must have at most 1 key",
            "old: `old` must not be set",
            "{a: 1, b: 1}: `both` must not have `a` and `b` together",
            "postgres: `root` must not be `postgres` here",
            "siz: unknown key `open.siz` | did you mean `size`?",
        ]
    );
}

#[test]
fn messages_never_repeat_a_secret() {
    let schema = json!({
        "properties": {
            "password": {"minLength": 20},
            "auth": {"properties": {"tokens": {"items": {"pattern": "^x"}}, "secret": {"properties": {"value": {"enum": ["a"]}}}}},
            "apiKey": {"type": "integer"},
        },
    });
    let found =
        check(&schema, "password: hunter2\nauth: {tokens: [hunter2], secret: {value: hunter2}}\napiKey: hunter2\n");
    assert_eq!(found.len(), 4);
    for line in found {
        // What stands before the colon is the place, not the message.
        let message = line.split_once(": ").expect("a place and a message").1;
        assert!(!message.contains("hunter2"), "{message}");
    }
}

#[test]
fn a_text_of_many_lines_is_shown_on_one() {
    let found = check(&json!({"properties": {"a": {"pattern": "^x"}}}), "a: \"1\\n2\"\n");
    assert_eq!(found, ["\"1\\n2\": `a` has the wrong form: `1\\n2` | it must match `^x`"]);
}

#[test]
fn formats_hold_up_to_draft_7_only() {
    let schema = |draft: &str| json!({"$schema": draft, "properties": {"a": {"format": "ipv4"}}});
    assert_eq!(
        check(&schema("http://json-schema.org/draft-07/schema#"), "a: here\n"),
        ["here: `a` must be a valid ipv4, found `here`"]
    );
    assert!(check(&schema("https://json-schema.org/draft/2020-12/schema"), "a: here\n").is_empty());
}

#[test]
fn keys_made_of_digits_are_keys() {
    let schema = json!({"properties": {"ports": {"additionalProperties": {"type": "integer"}}}});
    assert_eq!(check(&schema, "ports: {\"80\": x}\n"), ["x: `ports.80` must be an integer, found text `x`"]);
}

#[test]
fn a_schema_that_does_not_hold_is_told_without_fetching_anything() {
    for (schema, expected) in [
        (
            json!({"$ref": "https://example.com/a.json"}),
            "it refers to `https://example.com/a.json`, and nothing is fetched",
        ),
        (json!({"$ref": "file:///etc/passwd"}), "it refers to `file:///etc/passwd`, and nothing is fetched"),
        (json!({"$ref": "other.json"}), "it refers to `other.json`, which the chart does not hold"),
        (json!({"$ref": "../../etc/passwd"}), "it refers to `etc/passwd`, which the chart does not hold"),
        (json!({"$ref": "#/$defs/none"}), "which it does not hold"),
        (json!({"$schema": "https://example.com/draft"}), "https://example.com/draft"),
        (json!({"properties": {"a": {"type": "strong"}}}), "must be one of `array`, `boolean`"),
        (json!({"properties": {"a": {"minimum": "1"}}}), "`properties.a.minimum` must be a number, found text `1`"),
        (json!({"pattern": "(?=x)"}), "values.schema.json"),
        (json!({"pattern": "("}), "values.schema.json"),
    ] {
        let message = schema_error(&schema);
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn schemas_that_contain_themselves_end() {
    let tree = json!({"$defs": {"node": {
        "additionalProperties": false,
        "properties": {"left": {"$ref": "#/$defs/node"}, "right": {"$ref": "#/$defs/node"}, "name": {"type": "string"}},
    }}, "$ref": "#/$defs/node"});
    assert_eq!(paths(&tree), ["left", "right", "name"]);
    assert_eq!(describe(&tree, &["left", "right", "name"]).expect("known").kind, "text");
    assert_eq!(check(&tree, "left: {right: {nam: x}}\n"), ["nam: unknown key `left.right.nam` | did you mean `name`?"]);
    let lists = json!({"properties": {"a": {"$ref": "#/$defs/l"}}, "$defs": {"l": {"type": "array", "items": {"$ref": "#/$defs/l"}}}});
    assert_eq!(describe(&lists, &["a"]).expect("known").kind, "list of lists");
}

#[test]
fn a_reference_to_itself_alone_does_not_hang() {
    assert_eq!(
        check(&json!({"$ref": "#"}), "a: 1\n"),
        [
            "a: 1\n: the values cannot be checked: the schema applies itself to it again and again | a `$ref` must lead into the value"
        ]
    );
}

#[test]
fn a_description_names_kind_words_limits_and_children() {
    let schema = json!({
        "properties": {"db": {
            "description": "near words",
            "allOf": [{"$ref": "#/$defs/db"}],
        }},
        "$defs": {"db": {
            "description": "far words",
            "type": ["object", "null"],
            "properties": {
                "port": {"type": "integer", "minimum": 1, "maximum": 9, "default": 5},
                "list": {"type": "array", "items": {"type": "object", "properties": {"name": {"enum": ["x", "", null]}}}},
            },
        }},
    });
    let db = describe(&schema, &["db"]).expect("known");
    assert_eq!((db.kind.as_str(), db.text.as_deref()), ("object", Some("near words")));
    assert_eq!(db.children, ["port", "list"]);
    let port = describe(&schema, &["db", "port"]).expect("known");
    assert_eq!((port.limits.as_deref(), port.default.as_deref()), (Some("1 to 9"), Some("5")));
    let name = describe(&schema, &["db", "list[0]", "name"]).expect("known");
    assert_eq!((name.kind.as_str(), name.options), ("one of x", vec!["x".to_owned()]));
    assert_eq!(describe(&schema, &["db", "prt"]), None);
}

/// A schema that takes 2^levels steps for one value.
fn doubling(keyword: &str, levels: usize) -> Json {
    let mut named = serde_json::Map::new();
    for level in 0..levels {
        let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
        named.insert(level.to_string(), json!({keyword: [next, next]}));
    }
    named.insert(levels.to_string(), json!({"type": "string"}));
    json!({"$defs": named, "properties": {"a": {"$ref": "#/$defs/0"}}})
}

#[test]
fn schemas_that_double_themselves_are_refused_before_they_run() {
    for keyword in ["anyOf", "allOf", "oneOf"] {
        let message = schema_error(&doubling(keyword, 60));
        assert!(message.contains("takes more than 2000000 steps"), "{message}");
    }
    assert_eq!(check(&doubling("allOf", 4), "a: 1\n"), ["1: `a` must be text, found the integer `1`"]);
}

#[test]
fn chains_of_references_are_bounded() {
    let chain = |length: usize| {
        let mut named: serde_json::Map<_, _> =
            (0..length).map(|at| (at.to_string(), json!({"$ref": format!("#/$defs/{}", at + 1)}))).collect();
        named.insert(length.to_string(), json!({"type": "string"}));
        json!({"$defs": named, "properties": {"a": {"$ref": "#/$defs/0"}}})
    };
    assert_eq!(check(&chain(9_000), "a: 1\n"), ["1: `a` must be text, found the integer `1`"]);
    let message = schema_error(&chain(20_000));
    assert!(message.contains("it has more than 10000 references"), "{message}");
}

#[test]
fn patterns_are_told_as_they_were_written() {
    let schema = json!({"properties": {"a": {"pattern": r"^\d+$"}}, "patternProperties": {r"^\w$": {"maxLength": 1}}});
    assert_eq!(check(&schema, "a: x\n"), [r"x: `a` has the wrong form: `x` | it must match `^\d+$`"]);
    assert!(schema_error(&json!({"pattern": "(?=x)"})).contains("unsupported Perl syntax: `(?=`"));
}

#[test]
fn items_that_no_part_of_the_schema_takes_are_told_at_their_places() {
    let schema = json!({"properties": {"a": {"prefixItems": [{}], "unevaluatedItems": false}}});
    assert_eq!(
        check(&schema, "a: [1, 2, 1]\n"),
        ["2: `a[1]` is an item that the schema does not know", "1: `a[2]` is an item that the schema does not know"]
    );
}

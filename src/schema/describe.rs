//! What a schema says of one value, for people.

use serde_json::Value as Json;

/// A value as its schema describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// `integer`, `text`, `one of ClusterIP, NodePort`.
    pub kind: String,
    /// The words of the schema.
    pub text: Option<String>,
    /// Limits such as `1 to 65535`.
    pub limits: Option<String>,
    /// The form of text, such as ``a size such as `50Gi` ``.
    pub form: Option<String>,
    /// The schema's own default, as JSON; a chart's values say more.
    pub default: Option<String>,
    /// The values that are allowed, when they are listed.
    pub options: Vec<String>,
    /// The keys below it.
    pub children: Vec<String>,
}

/// Deeper than any values; it ends schemas that contain themselves.
const MAX_DEPTH: usize = 24;

/// More than any chart has; it bounds what a foreign schema may unfold to.
const MAX_PATHS: usize = 10_000;

/// Describes the value at a path of keys; nothing when the schema does not know it.
///
/// A list's items stand under `databases[0]` or `databases[]`.
pub fn describe(schema: &Json, path: &[&str]) -> Option<Description> {
    let steps = path.iter().flat_map(|key| key.split_inclusive('[').map(|step| step.trim_end_matches('[')));
    let mut at = vec![schema];
    for step in steps {
        at = at.iter().flat_map(|one| parts(schema, one)).filter_map(|part| child(part, step)).collect();
        if at.is_empty() {
            return None;
        }
    }
    let parts: Vec<&Json> = at.into_iter().flat_map(|one| parts(schema, one)).collect();
    // The words at the use of a type come first and are nearer to the value than those of the type.
    let first = |keyword: &str| parts.iter().find_map(|part| part.get(keyword));
    let text = |keyword: &str| first(keyword).and_then(Json::as_str).map(str::to_owned);
    let options = parts.iter().find_map(|part| options(part)).unwrap_or_default();
    Some(Description {
        kind: kind(schema, &parts, &options),
        text: text("description"),
        limits: parts.iter().find_map(|part| limits(part)),
        form: text("x-message"),
        default: first("default").map(Json::to_string),
        options,
        children: children(&parts),
    })
}

/// Every path that a schema names, in its order.
pub fn paths(schema: &Json) -> Vec<String> {
    let mut all = Vec::new();
    collect(schema, schema, "", &mut Vec::new(), &mut all);
    all
}

/// The keys that a part of a schema names.
pub(super) fn keys(root: &Json, part: &Json) -> Vec<String> {
    children(&parts(root, part))
}

/// Walks the properties; `open` holds the parts on the way, so that a schema that contains itself ends.
fn collect<'a>(root: &'a Json, at: &'a Json, prefix: &str, open: &mut Vec<&'a Json>, all: &mut Vec<String>) {
    if open.len() > MAX_DEPTH {
        return;
    }
    for part in parts(root, at) {
        let Some(properties) = part.get("properties").and_then(Json::as_object) else { continue };
        if open.iter().any(|other| std::ptr::eq(*other, part)) {
            continue;
        }
        open.push(part);
        for (key, below) in properties {
            let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            if all.len() >= MAX_PATHS {
                break;
            }
            all.push(path.clone());
            collect(root, below, &path, open, all);
        }
        open.pop();
    }
}

fn children(parts: &[&Json]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in parts.iter().filter_map(|part| part.get("properties")?.as_object()).flatten() {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

fn child<'a>(part: &'a Json, step: &str) -> Option<&'a Json> {
    if step.ends_with(']') {
        return part.get("items").filter(|items| items.is_object());
    }
    let named = part.get("properties").and_then(|properties| properties.get(step));
    named.or_else(|| part.get("additionalProperties").filter(|schema| schema.is_object()))
}

/// A schema and all that it is made of: what `$ref` points to, every `allOf`, and the alternatives that are not null.
fn parts<'a>(root: &'a Json, schema: &'a Json) -> Vec<&'a Json> {
    let mut parts = vec![schema];
    let mut next = 0;
    while let Some(part) = parts.get(next).copied() {
        let pointer = part.get("$ref").and_then(Json::as_str).and_then(|text| text.strip_prefix('#'));
        let target = pointer.and_then(|pointer| root.pointer(pointer));
        let branches =
            ["allOf", "anyOf", "oneOf"].into_iter().filter_map(|keyword| part.get(keyword)?.as_array()).flatten();
        let not_null = |branch: &&Json| branch.get("type").and_then(Json::as_str) != Some("null");
        for found in target.into_iter().chain(branches.filter(not_null)) {
            if !parts.iter().any(|known| std::ptr::eq(*known, found)) {
                parts.push(found);
            }
        }
        next += 1;
    }
    parts
}

/// The listed values without null and empty text, which mean "not set".
fn options(schema: &Json) -> Option<Vec<String>> {
    let list = match (schema.get("enum").and_then(Json::as_array), schema.get("const")) {
        (Some(list), _) => list.clone(),
        (None, Some(one)) => vec![one.clone()],
        (None, None) => return None,
    };
    let mut names: Vec<String> = Vec::new();
    for option in list.iter().filter(|option| !option.is_null()) {
        let name = super::words::plain(option);
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names)
}

fn kind(root: &Json, parts: &[&Json], options: &[String]) -> String {
    if !options.is_empty() {
        return format!("one of {}", options.join(", "));
    }
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let types = match part.get("type") {
            Some(Json::Array(list)) => list.iter().filter_map(Json::as_str).collect(),
            Some(Json::String(one)) => vec![one.as_str()],
            _ => Vec::new(),
        };
        for name in types.into_iter().filter(|one| *one != "null").map(|one| type_name(root, part, one)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    if names.is_empty() { "anything".to_owned() } else { names.join(", ") }
}

fn type_name(root: &Json, schema: &Json, json_type: &str) -> String {
    match json_type {
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => match schema.get("items").filter(|items| items.is_object()) {
            // A list may hold lists of itself: what those hold is not told.
            Some(items) if items.get("items").is_none() => {
                let items = parts(root, items);
                let options = items.iter().find_map(|part| options(part)).unwrap_or_default();
                if items.iter().any(|part| part.get("items").is_some()) {
                    "list of lists".to_owned()
                } else {
                    format!("list of {}", kind(root, &items, &options))
                }
            }
            Some(_) => "list of lists".to_owned(),
            None => "list".to_owned(),
        },
        other => other.to_owned(),
    }
}

fn limits(schema: &Json) -> Option<String> {
    let number = |key: &str| schema.get(key).filter(|limit| limit.is_number()).map(ToString::to_string);
    match (number("minimum"), number("maximum")) {
        (Some(low), Some(high)) => Some(format!("{low} to {high}")),
        (Some(low), None) => Some(format!("at least {low}")),
        (None, Some(high)) => Some(format!("at most {high}")),
        (None, None) => match (number("minLength"), number("maxLength")) {
            (Some(low), Some(high)) => Some(format!("{low} to {high} characters")),
            (None, Some(high)) => Some(format!("at most {high} characters")),
            _ => None,
        },
    }
}

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
    /// The keys below it.
    pub children: Vec<String>,
}

/// Describes the value at a path of keys; nothing when the schema does not know it.
pub fn describe(schema: &Json, path: &[&str]) -> Option<Description> {
    let mut at = schema;
    for key in path {
        at = child(schema, at, key)?;
    }
    // The words at the use of a type are nearer to the value than those of the type.
    let text = at.get("description").or_else(|| resolve(schema, at).get("description"));
    let target = resolve(schema, at);
    Some(Description {
        kind: kind(schema, target),
        text: text.and_then(Json::as_str).map(str::to_owned),
        limits: limits(target),
        children: properties(target).map(|(key, _)| key.clone()).collect(),
    })
}

/// Every path that a schema names, in its order.
pub fn paths(schema: &Json) -> Vec<String> {
    let mut all = Vec::new();
    collect(schema, schema, "", 0, &mut all);
    all
}

/// Deeper than any values; it ends schemas that contain themselves.
const MAX_DEPTH: usize = 12;

fn collect(root: &Json, at: &Json, prefix: &str, depth: usize, all: &mut Vec<String>) {
    if depth > MAX_DEPTH {
        return;
    }
    for (key, below) in properties(resolve(root, at)) {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        all.push(path.clone());
        collect(root, below, &path, depth + 1, all);
    }
}

fn properties(schema: &Json) -> impl Iterator<Item = (&String, &Json)> {
    schema.get("properties").and_then(Json::as_object).into_iter().flatten()
}

fn child<'a>(root: &'a Json, at: &'a Json, key: &str) -> Option<&'a Json> {
    let at = resolve(root, at);
    if let Some((name, _)) = key.split_once('[') {
        return child(root, at, name).and_then(|list| resolve(root, list).get("items"));
    }
    let named = at.get("properties").and_then(|properties| properties.get(key));
    named.or_else(|| at.get("additionalProperties").filter(|schema| schema.is_object()))
}

/// Follows `$ref` and takes the part that is not null of `anyOf`.
fn resolve<'a>(root: &'a Json, mut at: &'a Json) -> &'a Json {
    for _ in 0..MAX_DEPTH {
        if let Some(pointer) = at.get("$ref").and_then(Json::as_str).and_then(|text| text.strip_prefix('#')) {
            match root.pointer(pointer) {
                Some(target) => at = target,
                None => return at,
            }
        } else if let Some(branch) = at
            .get("anyOf")
            .and_then(Json::as_array)
            .and_then(|list| list.iter().find(|branch| branch.get("type").and_then(Json::as_str) != Some("null")))
        {
            at = branch;
        } else {
            return at;
        }
    }
    at
}

fn kind(root: &Json, schema: &Json) -> String {
    if let Some(options) = schema.get("enum").and_then(Json::as_array) {
        let mut names: Vec<String> = Vec::new();
        for option in options.iter().filter(|option| !option.is_null()) {
            let name = option.as_str().map_or_else(|| option.to_string(), str::to_owned);
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
        return format!("one of {}", names.join(", "));
    }
    let name = |name: &str| match name {
        "string" => "text".to_owned(),
        "boolean" => "true or false".to_owned(),
        "array" => {
            let items = schema.get("items").map(|items| kind(root, resolve(root, items)));
            items.map_or_else(|| "list".to_owned(), |items| format!("list of {items}"))
        }
        other => other.to_owned(),
    };
    match schema.get("type") {
        Some(Json::String(one)) => name(one),
        Some(Json::Array(list)) => {
            let names = list.iter().filter_map(Json::as_str).filter(|one| *one != "null").map(name);
            names.collect::<Vec<_>>().join(", ")
        }
        _ => "anything".to_owned(),
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
            _ => None,
        },
    }
}

//! Which file, line or flag set each value.

use std::fmt::Write as _;

use super::ValuePath;
use crate::diagnostic::Sources;
use crate::yaml::{Node, Value};

/// One line per leaf: `path = value  # file:line`; values under secret-looking keys are masked.
pub fn trace(root: &Node, sources: &Sources) -> String {
    let mut lines = Vec::new();
    walk(root, &ValuePath::root(), false, sources, &mut lines);
    lines.sort();
    let width = lines.iter().map(|(left, _)| left.chars().count()).max().unwrap_or(0).min(60);
    let mut out = String::new();
    for (left, place) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "{left:width$}  # {place}");
    }
    out
}

fn walk(node: &Node, path: &ValuePath, secret: bool, sources: &Sources, lines: &mut Vec<(String, String)>) {
    match &node.value {
        Value::Map(map) if !map.is_empty() => {
            for (key, entry) in map {
                walk(&entry.node, &path.key(key), secret || is_secret(key), sources, lines);
            }
        }
        Value::List(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &path.index(index), secret, sources, lines);
            }
        }
        _ => {
            let mask = secret && node.as_str().is_some_and(|text| !text.is_empty());
            let shown = if mask { "********".to_owned() } else { node.to_json().to_string() };
            let at = sources.locate(node.span);
            lines.push((format!("{path} = {shown}"), format!("{}:{}", at.name, at.line)));
        }
    }
}

/// Whether a key names something that must not be shown.
pub fn is_secret(key: &str) -> bool {
    let folded = key.to_lowercase();
    let names_a_place = folded.starts_with("existing") || folded.ends_with("keys") || folded.ends_with("name");
    !names_a_place
        && ["password", "secret", "token", "credential", "privatekey"].iter().any(|word| folded.contains(word))
}

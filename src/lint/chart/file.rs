//! Chart.yaml as rules look at it.

use crate::diagnostic::Span;
use crate::lint::Subject;
use crate::yaml::Node;

/// A scalar as text; empty when it is not there.
pub(super) fn text(file: &Node, key: &str) -> String {
    file.get(key).and_then(Node::scalar_text).unwrap_or_default()
}

/// Where a key's value stands; the beginning of the file when it is not there.
pub(super) fn place(file: &Node, key: &str) -> Span {
    match file.get(key) {
        Some(node) if node.as_list().is_none() && node.as_map().is_none() => node.span,
        Some(_) => file.entry(key).map_or(file.span, |entry| entry.key),
        None => file.as_map().and_then(|map| map.values().next()).map_or(file.span, |entry| entry.key),
    }
}

/// The dependencies that it lists.
pub(super) fn dependencies<'a>(subject: &Subject<'a>) -> &'a [Node] {
    subject.chart_file.and_then(|file| file.get("dependencies")).and_then(Node::as_list).unwrap_or_default()
}

/// The names of the charts in `charts/`, as far as the files tell: a package is named after chart and version.
pub(super) fn subcharts(subject: &Subject<'_>) -> Vec<String> {
    let Some(tree) = subject.tree else { return Vec::new() };
    let mut names: Vec<String> = Vec::new();
    for path in tree.paths().filter_map(|path| path.strip_prefix("charts/")) {
        let first = path.split('/').next().unwrap_or(path);
        let name = match first.strip_suffix(".tgz") {
            // `redis-1.2.3` is `redis`: the version begins at the first `-` before a digit.
            Some(package) => package
                .match_indices('-')
                .find(|(at, _)| package[at + 1..].starts_with(|c: char| c.is_ascii_digit()))
                .map_or(package, |(at, _)| &package[..at])
                .to_owned(),
            None if path.ends_with("/Chart.yaml") && path.matches('/').count() == 1 => first.to_owned(),
            None => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Whether a text is an absolute URL.
pub(super) fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let letters = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    letters && !scheme.is_empty() && !rest.is_empty() && !rest.starts_with('/') && !text.contains(' ')
}

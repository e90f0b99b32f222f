//! A template reads a value that the chart declares nowhere: not in values.yaml, not in a preset, not in its schema.
//!
//! Nobody who reads values.yaml knows that it exists; where it is not set the template fails or prints nothing.
//!
//! Declare it in values.yaml, or in the schema when it has no default.

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::engine::references;
use crate::lint::Subject;
use crate::lint::rule::{Rule, rule};
use crate::schema::{describe, paths};
use crate::yaml::Mapping;

pub(super) static RULE: Rule = rule!("TPL010", "undeclared-value", Warning, "undeclared_value.rs", Always(check));

fn check(subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
    let Some(configured) = subject.configured else { return };
    let chart = &configured.chart;
    for reference in references(&chart.templates, subject.sources) {
        let keys: Vec<&str> = reference.path.iter().map(String::as_str).collect();
        let line = line_of(subject, reference.span);
        let guarded = ["is defined", "is not defined", "default", "get(", "hasKey", "dig("]
            .iter()
            .any(|word| line.contains(word));
        let is_method = subject.sources.get(reference.span.source).text[reference.span.range().end..].starts_with('(');
        let keys = if is_method { &keys[..keys.len() - 1] } else { &keys[..] };
        let subchart = keys
            .first()
            .is_some_and(|key| *key == "global" || chart.subcharts.iter().any(|sub| sub.metadata.name == *key));
        if guarded || subchart || keys.is_empty() {
            continue;
        }
        let in_values = declared(&chart.values, keys) || configured.values.at(keys).is_some();
        if !in_values && chart.schema().is_none_or(|schema| describe(schema, keys).is_none()) {
            let message = format!("`{}` is declared nowhere", keys.join("."));
            let known = chart.schema().map(paths).unwrap_or_default();
            let names: Vec<&str> = chart.values.keys().map(String::as_str).collect();
            let hint = did_you_mean(&keys.join("."), known.iter().map(String::as_str).chain(names)).unwrap_or_default();
            found.push(
                RULE.finding(message).at(reference.span, hint).help("declare it in values.yaml, or in the schema"),
            );
        }
    }
}

/// Whether values.yaml has the path, or something at its beginning that is no map, or an empty one.
fn declared(values: &Mapping, keys: &[&str]) -> bool {
    let Some((first, rest)) = keys.split_first() else { return true };
    let Some(entry) = values.get(*first) else { return false };
    match entry.node.as_map() {
        Some(map) if !map.is_empty() => declared(map, rest),
        _ => true,
    }
}

fn line_of<'a>(subject: &Subject<'a>, span: crate::diagnostic::Span) -> &'a str {
    let text = &subject.sources.get(span.source).text;
    let start = text[..span.range().start].rfind('\n').map_or(0, |at| at + 1);
    let end = text[span.range().end..].find('\n').map_or(text.len(), |at| span.range().end + at);
    &text[start..end]
}

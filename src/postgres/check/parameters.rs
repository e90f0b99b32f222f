//! Parameters one by one, and the lines of `pg_hba.conf`.

use super::Subject;
use crate::diagnostic::{Diagnostic, Span, did_you_mean};
use crate::postgres::catalogue::Catalogue;
use crate::postgres::facts::managed;
use crate::postgres::{hba, setting};
use crate::yaml::{Node, Value};

pub(super) fn check(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let allowed = &subject.values.postgresql.config_override;
    let config = subject.node.at(&["postgresql", "config"]).and_then(Node::as_map);
    for (name, entry) in config.into_iter().flatten() {
        if entry.node.is_null() {
            continue;
        }
        let set = managed(subject.values).find(|(managed, _)| managed.eq_ignore_ascii_case(name));
        if let Some((_, why)) = set.filter(|_| !allowed.iter().any(|other| other.eq_ignore_ascii_case(name))) {
            found.push(
                Diagnostic::error(format!("parameter `{name}` is set by the chart"))
                    .of_rule("PG073")
                    .at(entry.key, *why)
                    .help(format!("to set it all the same, add `{name}` to `postgresql.configOverride`")),
            );
            continue;
        }
        let Some(value) = text(&entry.node) else { continue };
        if let Err(problem) = setting::check(subject.major(), name, &value) {
            let span = if problem.in_name { entry.key } else { entry.node.span };
            let diagnostic = Diagnostic::error(problem.message).at(span, problem.label);
            found.push(match problem.help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
        }
    }
    check_override(subject, found);
}

/// A name in `configOverride` that allows nothing is a typo.
fn check_override(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    let list = subject.node.at(&["postgresql", "configOverride"]).and_then(Node::as_list).unwrap_or_default();
    for item in list {
        let Some(name) = item.as_str() else { continue };
        if managed(subject.values).any(|(managed, _)| managed.eq_ignore_ascii_case(name)) {
            continue;
        }
        let message = if Catalogue::of(subject.major()).get(name).is_some() {
            format!("`{name}` is not set by the chart and needs no override")
        } else {
            format!("unknown parameter `{name}`")
        };
        let hint = did_you_mean(name, managed(subject.values).map(|(managed, _)| *managed)).unwrap_or_default();
        found.push(Diagnostic::error(message).at(item.span, hint));
    }
}

fn text(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(flag) => Some(if *flag { "on" } else { "off" }.to_owned()),
        _ => node.scalar_text(),
    }
}

pub(super) fn check_hba(subject: Subject<'_>, found: &mut Vec<Diagnostic>) {
    for key in ["hba", "hbaOverride"] {
        let lines = subject.node.at(&["postgresql", key]).and_then(Node::as_list).unwrap_or_default();
        for line in lines {
            let Some(text) = line.as_str() else { continue };
            if let Err(problem) = hba::check(subject.major(), text) {
                let span = inside(subject, line, text, problem.range);
                found.push(Diagnostic::error(problem.message).at(span, problem.label));
            }
        }
    }
}

/// The place of a part of a line, where the source spells the line as it is.
fn inside(subject: Subject<'_>, line: &Node, text: &str, range: std::ops::Range<usize>) -> Span {
    match subject.sources.slice(line.span).find(text) {
        Some(offset) => {
            let start = line.span.range().start + offset;
            Span::new(line.span.source, start + range.start..start + range.end)
        }
        None => line.span,
    }
}

//! A template error as a diagnostic: the innermost place, the chain of includes and macros that led there, the
//! values of the variables named on the line, and a did-you-mean for what is not there.

use std::collections::HashMap;
use std::error::Error as _;

use minijinja::machinery::{Token, tokenize};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Error, ErrorKind, Value};

use super::functions::Failure;
use super::{call_chain, functions, print};
use crate::diagnostic::{Diagnostic, SourceId, Sources, Span, closest, is_secret};

/// What is needed to explain an error.
pub(super) struct Report<'a> {
    pub(super) names: &'a HashMap<String, SourceId>,
    pub(super) sources: &'a Sources,
    /// The objects that the template saw; nothing when it did not even parse.
    pub(super) context: Option<&'a Value>,
    /// The template that was being rendered.
    pub(super) template: &'a str,
}

/// What every template sees.
const OBJECTS: [&str; 7] = ["Values", "Release", "Chart", "Capabilities", "Files", "Subcharts", "Template"];

/// Longer chains are cut in the middle, so that a cycle does not fill the screen.
const MAX_FRAMES: usize = 6;

impl Report<'_> {
    pub(super) fn diagnose(&self, error: &Error) -> Diagnostic {
        let frames = frames(error);
        let innermost = frames.last().copied().unwrap_or(error);
        if frames.len() > MAX_FRAMES * 4 {
            return self.cycle(&frames);
        }
        let span = frames.iter().rev().find_map(|frame| self.span(frame));
        let own = self.span(innermost);
        let expression = own.map(|span| self.sources.slice(span)).unwrap_or_default();
        let mut diagnostic = Diagnostic::error(message(innermost, expression));
        if innermost.kind() == ErrorKind::UndefinedError {
            diagnostic = diagnostic.of_rule("TPL002");
        }
        if let Some(span) = span {
            diagnostic = self.explain(diagnostic, innermost, span);
        }
        self.chain(diagnostic, &frames, span)
    }

    /// Templates that include each other until the engine stops them: the places of one round.
    fn cycle(&self, frames: &[&Error]) -> Diagnostic {
        let mut diagnostic = Diagnostic::error("templates include each other without end");
        let mut places: Vec<Span> = Vec::new();
        for span in frames.iter().filter_map(|frame| self.span(frame)) {
            if !places.contains(&span) {
                places.push(span);
            }
        }
        // Whatever template the render began with, the round is told from the same place.
        places.sort_by_key(|span| (span.source, span.start));
        for (index, span) in places.into_iter().take(MAX_FRAMES).enumerate() {
            diagnostic =
                if index == 0 { diagnostic.at(span, "") } else { diagnostic.label(span, "and from here again") };
        }
        diagnostic
    }

    /// Where an error stands: its exact range when that lies on one line, else the whole line.
    fn span(&self, error: &Error) -> Option<Span> {
        let source = *self.names.get(error.name()?)?;
        let text = &self.sources.get(source).text;
        if let Some(range) = error.range().filter(|range| text.get(range.clone()).is_some_and(|t| !t.is_empty())) {
            return Some(Span::new(source, range));
        }
        Some(self.sources.line(source, error.line()?))
    }

    fn explain(&self, diagnostic: Diagnostic, error: &Error, span: Span) -> Diagnostic {
        let expression = self.sources.slice(span).to_owned();
        let undefined = error.kind() == ErrorKind::UndefinedError;
        let (line_start, line) = self.line(span);
        let missing = self.context.filter(|_| undefined).and_then(|context| {
            missing_part(&line, span.range().start - line_start..span.range().end - line_start, context)
        });
        let mut diagnostic = if let Some(missing) = missing {
            let label = missing.suggestion.map(|name| format!("did you mean `{name}`?")).unwrap_or_default();
            let start = line_start + missing.offset;
            let place = Span::new(span.source, start..start + missing.length);
            Diagnostic { message: missing.message, ..diagnostic }.at(place, label)
        } else {
            let label = self.suggestion(error, &expression).unwrap_or_default();
            diagnostic.at(span, label)
        };
        if undefined {
            diagnostic.help.push("give it a value in values.yaml, or test `… is defined` first".to_owned());
        }
        if let Some(context) = self.context {
            diagnostic.notes.extend(variables(&line, context));
        }
        diagnostic
    }

    /// Where the line of a span starts, and its text.
    fn line(&self, span: Span) -> (usize, String) {
        let text = &self.sources.get(span.source).text;
        let start = text[..span.range().start].rfind('\n').map_or(0, |i| i + 1);
        let end = text[span.range().start..].find('\n').map_or(text.len(), |i| span.range().start + i);
        (start, text[start..end].to_owned())
    }

    fn suggestion(&self, error: &Error, expression: &str) -> Option<String> {
        match error.kind() {
            ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest => {
                let all = functions();
                closest(called_name(error.kind(), expression), all.iter().map(|f| f.name))
                    .map(|found| format!("did you mean `{found}`?"))
            }
            ErrorKind::TemplateNotFound => {
                let wanted = expression.split(['"', '\'']).nth(1)?;
                let files = self.names.keys().filter_map(|name| name.split_once("/templates/")).map(|(_, file)| file);
                let mut files: Vec<&str> = files.collect();
                files.sort_unstable();
                closest(wanted, files).map(|found| format!("did you mean `{found}`?"))
            }
            _ => None,
        }
    }

    /// Adds the places that led to the error, outermost first.
    fn chain(&self, mut diagnostic: Diagnostic, frames: &[&Error], primary: Option<Span>) -> Diagnostic {
        let mut places: Vec<Span> = Vec::new();
        for frame in frames {
            if let Some(span) = self.span(frame).filter(|span| Some(*span) != primary && !places.contains(span)) {
                places.push(span);
            }
        }
        // What took too long would take as long again.
        let again = self.context.filter(|_| frames.iter().all(|frame| frame.kind() != ErrorKind::OutOfFuel));
        if let Some(context) = again {
            let line_of = |span: &Span| (span.source, self.sources.locate(*span).line);
            for span in call_chain::callers(self.template, self.names, self.sources, context) {
                let known = places.iter().chain(&primary).any(|other| line_of(other) == line_of(&span));
                if !known {
                    places.push(span);
                }
            }
        }
        if places.len() > MAX_FRAMES {
            let cut = places.len() - MAX_FRAMES;
            places.drain(MAX_FRAMES / 2..MAX_FRAMES / 2 + cut);
            diagnostic.notes.push(format!("{cut} more places between these"));
        }
        for span in places {
            diagnostic = diagnostic.label(span, "reached from here");
        }
        diagnostic
    }
}

/// The error and those that it wraps, outermost first.
fn frames(error: &Error) -> Vec<&Error> {
    let mut frames = vec![error];
    let mut at: &(dyn std::error::Error + 'static) = error;
    while let Some(source) = at.source() {
        if let Some(inner) = source.downcast_ref::<Error>() {
            frames.push(inner);
        }
        at = source;
    }
    frames
}

fn message(error: &Error, expression: &str) -> String {
    if let Some(Failure(text)) = error.source().and_then(|source| source.downcast_ref::<Failure>()) {
        return text.clone();
    }
    if error.kind() == ErrorKind::OutOfFuel {
        return "the template takes too long: it was stopped after a million steps".to_owned();
    }
    let quoted = expression.split(['"', '\'']).nth(1);
    match (error.kind(), error.detail()) {
        (ErrorKind::TemplateNotFound, _) if quoted.is_some() => {
            format!("there is no template `{}`", quoted.unwrap_or_default())
        }
        (kind @ (ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest), _)
            if !expression.is_empty() =>
        {
            format!("{kind} `{}`", called_name(kind, expression))
        }
        (ErrorKind::InvalidOperation, Some(detail)) => detail.to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    }
}

/// The name of the filter, function or test in the expression that failed.
fn called_name(kind: ErrorKind, expression: &str) -> &str {
    let after = match kind {
        ErrorKind::UnknownFilter => expression.rsplit('|').next().unwrap_or(expression),
        ErrorKind::UnknownTest => expression.rsplit(" is ").next().unwrap_or(expression),
        _ => expression,
    };
    let after = after.trim().trim_start_matches("not ").trim();
    after.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(after)
}

/// The first segment of a path that leads nowhere.
struct Missing {
    message: String,
    suggestion: Option<String>,
    offset: usize,
    length: usize,
}

/// Finds, on a line, the first path that the context lacks; a path that touches `place` comes first.
fn missing_part(line: &str, place: std::ops::Range<usize>, context: &Value) -> Option<Missing> {
    let mut all = paths(line);
    let touches = |path: &Vec<(&str, usize)>| {
        let (start, last) = (path[0].1, &path[path.len() - 1]);
        start < place.end && place.start <= last.1 + last.0.len()
    };
    all.sort_by_key(|path| !touches(path));
    all.into_iter().find_map(|path| missing_in(&path, context))
}

fn missing_in(path: &[(&str, usize)], context: &Value) -> Option<Missing> {
    let mut at = context.clone();
    for (depth, (segment, offset)) in path.iter().enumerate() {
        let next = at.get_attr(segment).unwrap_or(Value::UNDEFINED);
        if !next.is_undefined() {
            at = next;
            continue;
        }
        // A name that is no object may be a local variable or a macro, unless it is nearly one of the objects.
        if depth == 0 {
            let known = closest(segment, OBJECTS)?;
            let message = format!("`{segment}` is not defined");
            return Some(Missing {
                message,
                suggestion: Some(known.to_owned()),
                offset: *offset,
                length: segment.len(),
            });
        }
        let parent = path[..depth].iter().map(|(s, _)| *s).collect::<Vec<_>>().join(".");
        let keys: Vec<String> = at.try_iter().into_iter().flatten().map(|key| print::print(&key)).collect();
        let suggestion = closest(segment, keys.iter().map(String::as_str)).map(str::to_owned);
        let message = format!("`{parent}` has no `{segment}`");
        return Some(Missing { message, suggestion, offset: *offset, length: segment.len() });
    }
    None
}

/// The values of the paths on a line: `Values.a.b = 5`; secrets are masked, long values cut.
fn variables(line: &str, context: &Value) -> Vec<String> {
    let mut notes: Vec<String> = Vec::new();
    for path in paths(line) {
        let mut at = context.clone();
        let mut known = 0;
        for (segment, _) in &path {
            let next = at.get_attr(segment).unwrap_or(Value::UNDEFINED);
            if next.is_undefined() {
                break;
            }
            at = next;
            known += 1;
        }
        // The root objects are too large to print and no news.
        if known < 2 {
            continue;
        }
        let name = path[..known].iter().map(|(segment, _)| *segment).collect::<Vec<_>>().join(".");
        let secret = path[0].0 == "Postgres" || path.iter().any(|(segment, _)| is_secret(segment));
        let shown = if secret { "********".to_owned() } else { short(&at) };
        let note = format!("`{name}` is {shown}");
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes.truncate(5);
    notes
}

fn short(value: &Value) -> String {
    let text = serde_json::to_value(value).map_or_else(|_| print::print(value), |json| masked(json).to_string());
    if text.chars().count() <= 120 {
        return text;
    }
    text.chars().take(117).chain("...".chars()).collect()
}

/// The value with everything under secret-looking keys masked.
fn masked(json: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match json {
        Json::Object(map) => Json::Object(
            map.into_iter()
                .map(|(key, value)| {
                    let hide = is_secret(&key) && value.as_str() != Some("") && !value.is_null();
                    let value = if hide { Json::from("********") } else { masked(value) };
                    (key, value)
                })
                .collect(),
        ),
        Json::Array(items) => Json::Array(items.into_iter().map(masked).collect()),
        other => other,
    }
}

/// The dotted paths in a piece of template text, each segment with its byte offset.
pub(super) fn paths(text: &str) -> Vec<Vec<(&str, usize)>> {
    // A whole line holds text around the expressions; an expression alone does not.
    let in_expression = !text.contains("{{") && !text.contains("{%");
    let mut all = Vec::new();
    let mut current: Vec<(&str, usize)> = Vec::new();
    let mut after_dot = false;
    for (token, span) in tokenize(text, in_expression, SyntaxConfig::default()).map_while(Result::ok) {
        match token {
            Token::Ident(name) if current.is_empty() || after_dot => {
                current.push((name, span.start_offset as usize));
                after_dot = false;
            }
            Token::Dot if !current.is_empty() => after_dot = true,
            other => {
                if !current.is_empty() {
                    all.push(std::mem::take(&mut current));
                }
                after_dot = false;
                if let Token::Ident(name) = other {
                    current.push((name, span.start_offset as usize));
                }
            }
        }
    }
    if !current.is_empty() {
        all.push(current);
    }
    all
}

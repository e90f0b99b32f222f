//! The grammar of `--set` and its sisters: `a.b[0]=x,c={1,2}` into edits of a values tree.

use crate::diagnostic::{Diagnostic, SourceId, Span};
use crate::yaml::{Entry, Mapping, Node, Value};

/// How a flag reads the text after `=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `--set`: booleans, null and integers are recognised.
    Typed,
    /// `--set-string`: everything is text.
    Text,
    /// `--set-json`: JSON values.
    Json,
    /// `--set-literal`: the rest of the argument, verbatim.
    Literal,
}

/// The longest path and the largest list position that Helm accepts.
const MAX_DEPTH: usize = 30;
const MAX_INDEX: usize = 65_536;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Index(usize),
}

/// One `path=value`; the value is still text for `--set-file`.
#[derive(Debug)]
pub(super) struct Assignment {
    path: Vec<(Step, Span)>,
    value: Node,
}

type Outcome<T> = Result<T, Box<Diagnostic>>;

/// Applies the argument of one flag to `root`.
///
/// # Errors
/// A diagnostic at the place in the argument that is not in the grammar, or that contradicts an earlier value.
pub(super) fn apply(root: &mut Mapping, text: &str, id: SourceId, kind: Kind) -> Outcome<()> {
    for assignment in parse(text, id, kind)? {
        assign(root, assignment)?;
    }
    Ok(())
}

/// Applies `--set-file`: `read` turns a path into the content of the file.
pub(super) fn apply_file(
    root: &mut Mapping,
    text: &str,
    id: SourceId,
    mut read: impl FnMut(&str, Span) -> Outcome<String>,
) -> Outcome<()> {
    for mut assignment in parse(text, id, Kind::Text)? {
        match &mut assignment.value.value {
            Value::String(path) if !path.is_empty() => *path = read(path, assignment.value.span)?,
            Value::List(items) => {
                for item in items {
                    if let Value::String(path) = &mut item.value {
                        *path = read(path, item.span)?;
                    }
                }
            }
            _ => {}
        }
        assign(root, assignment)?;
    }
    Ok(())
}

fn parse(text: &str, id: SourceId, kind: Kind) -> Outcome<Vec<Assignment>> {
    if kind == Kind::Json && text.trim_start().starts_with('{') {
        return whole_object(text, id);
    }
    let mut parser = Parser { text, at: 0, id, kind };
    let mut list = Vec::new();
    while parser.at < text.len() {
        if let Some(assignment) = parser.assignment()? {
            list.push(assignment);
        }
    }
    Ok(list)
}

/// `--set-json '{…}'`: each top-level key is one assignment.
fn whole_object(text: &str, id: SourceId) -> Outcome<Vec<Assignment>> {
    let span = Span::new(id, 0..text.len());
    let json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|e| json_error(&e, span))?;
    let assign = |(key, value)| Assignment { path: vec![(Step::Key(key), span)], value: Node::from_json(value, span) };
    Ok(json.into_iter().map(assign).collect())
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    id: SourceId,
    kind: Kind,
}

impl Parser<'_> {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.id, range)
    }

    fn fail<T>(&self, message: impl Into<String>, range: std::ops::Range<usize>, label: &str) -> Outcome<T> {
        Err(Box::new(Diagnostic::error(message).at(self.span(range), label)))
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Reads one `path=value` and the comma after it; nothing for an empty key, which Helm ignores.
    fn assignment(&mut self) -> Outcome<Option<Assignment>> {
        let mut path: Vec<(Step, Span)> = Vec::new();
        loop {
            let start = self.at;
            let (key, stop) = self.word("=[,.");
            let range = start..self.at - stop.map_or(0, char::len_utf8);
            let after_index = key.is_empty() && matches!(path.last(), Some((Step::Index(_), _)));
            match stop {
                Some('.') if after_index => {}
                Some('.') => self.push_key(&mut path, key, range)?,
                Some('[') => {
                    if !after_index {
                        self.push_key(&mut path, key, range)?;
                    }
                    self.index(&mut path)?;
                }
                Some('=') => {
                    if key.is_empty() && path.is_empty() {
                        self.value()?;
                        return Ok(None);
                    }
                    if !after_index {
                        self.push_key(&mut path, key, range)?;
                    }
                    let value = self.value()?;
                    return Ok(Some(Assignment { path, value }));
                }
                _ if key.is_empty() && path.is_empty() && stop.is_none() => return Ok(None),
                _ => {
                    let message = format!("`{}` has no value", self.text[start..range.end].trim());
                    return self.fail(message, range.start..range.end.max(range.start + 1), "expected `=` after it");
                }
            }
        }
    }

    fn push_key(&self, path: &mut Vec<(Step, Span)>, key: String, range: std::ops::Range<usize>) -> Outcome<()> {
        if key.is_empty() {
            return self.fail("a key is empty", range.start..range.start + 1, "expected a name here");
        }
        if path.len() >= MAX_DEPTH {
            return self.fail(format!("nested deeper than {MAX_DEPTH} levels"), range, "");
        }
        path.push((Step::Key(key), self.span(range)));
        Ok(())
    }

    fn index(&mut self, path: &mut Vec<(Step, Span)>) -> Outcome<()> {
        let start = self.at;
        let Some(length) = self.text[start..].find(']') else {
            return self.fail("`[` is never closed", start - 1..self.text.len(), "");
        };
        let digits = &self.text[start..start + length];
        self.at = start + length + 1;
        match digits.parse::<i64>() {
            Err(_) => self.fail(format!("`{digits}` is no list position"), start..start + length, "expected a number"),
            Ok(number) if number < 0 => {
                self.fail(format!("a list position cannot be negative, found {number}"), start..start + length, "")
            }
            Ok(number) => match usize::try_from(number) {
                Ok(number) if number <= MAX_INDEX => {
                    path.push((Step::Index(number), self.span(start..start + length)));
                    Ok(())
                }
                _ => self.fail(
                    format!("a list position is at most {MAX_INDEX}, found {number}"),
                    start..start + length,
                    "",
                ),
            },
        }
    }

    /// Reads up to one of `stops`; `\` takes the next character as it is, except in literals.
    fn word(&mut self, stops: &str) -> (String, Option<char>) {
        let mut word = String::new();
        while let Some(c) = self.bump() {
            if c == '\\' && self.kind != Kind::Literal {
                word.extend(self.bump());
            } else if stops.contains(c) {
                return (word, Some(c));
            } else {
                word.push(c);
            }
        }
        (word, None)
    }

    fn value(&mut self) -> Outcome<Node> {
        let start = self.at;
        match self.kind {
            Kind::Literal => {
                self.at = self.text.len();
                Ok(Node::new(Value::String(self.text[start..].to_owned()), self.span(start..self.text.len())))
            }
            Kind::Json => self.json(start),
            _ if self.peek() == Some('{') => self.list(start),
            _ => {
                let (word, stop) = self.word(",");
                Ok(self.scalar(&word, start..self.at - stop.map_or(0, char::len_utf8)))
            }
        }
    }

    fn list(&mut self, start: usize) -> Outcome<Node> {
        self.bump();
        let mut items = Vec::new();
        loop {
            let from = self.at;
            let (word, stop) = self.word(",}");
            items.push(self.scalar(&word, from..self.at - stop.map_or(0, char::len_utf8)));
            match stop {
                Some('}') => break,
                Some(_) => {}
                None => return self.fail("`{` is never closed", start..self.text.len(), "expected `}` at the end"),
            }
        }
        let end = self.at;
        match self.bump() {
            None | Some(',') => Ok(Node::new(Value::List(items), self.span(start..end))),
            Some(_) => self.fail("expected `,` after `}`", end..end + 1, ""),
        }
    }

    fn json(&mut self, start: usize) -> Outcome<Node> {
        let rest = &self.text[start..];
        if rest.trim().is_empty() {
            self.at = self.text.len();
            return Ok(Node::new(Value::Null, self.span(start..start)));
        }
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<serde_json::Value>();
        let json = match stream.next() {
            Some(Ok(json)) => json,
            Some(Err(e)) => return Err(json_error(&e, self.span(start..self.text.len()))),
            None => serde_json::Value::Null,
        };
        let end = start + stream.byte_offset();
        self.at = end;
        match self.bump() {
            None | Some(',') => Ok(Node::from_json(json, self.span(start..end))),
            Some(_) => self.fail("expected `,` after a JSON value", end..end + 1, ""),
        }
    }

    fn scalar(&self, text: &str, range: std::ops::Range<usize>) -> Node {
        let value = if self.kind == Kind::Typed { typed(text) } else { Value::String(text.to_owned()) };
        Node::new(value, self.span(range))
    }
}

fn json_error(error: &serde_json::Error, span: Span) -> Box<Diagnostic> {
    let message = format!("not valid JSON at column {}", error.column());
    Box::new(Diagnostic::error(message).at(span, "").help("text needs double quotes: `name=\"value\"`"))
}

/// `--set` knows booleans, null and base-10 integers without a leading zero.
fn typed(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" => return Value::Null,
        "0" => return Value::Int(0),
        _ => {}
    }
    if text.starts_with('0') {
        return Value::String(text.to_owned());
    }
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Int)
}

/// Puts a value at its path, making the maps and lists on the way.
fn assign(root: &mut Mapping, Assignment { path, value }: Assignment) -> Outcome<()> {
    let mut steps = path.into_iter().peekable();
    let Some((Step::Key(key), at)) = steps.next() else { return Ok(()) };
    let entry = root.entry(key).or_insert_with(|| Entry { key: at, node: Node::new(Value::Null, at) });
    entry.key = at;
    let mut node = &mut entry.node;
    for (step, at) in steps {
        node = descend(node, step, at)?;
    }
    *node = value;
    Ok(())
}

fn descend(node: &mut Node, step: Step, at: Span) -> Outcome<&mut Node> {
    let empty = || Node::new(Value::Null, at);
    if node.is_null() {
        node.span = at;
        node.value = match step {
            Step::Key(_) => Value::Map(Mapping::new()),
            Step::Index(_) => Value::List(Vec::new()),
        };
    }
    let (found, earlier) = (node.value.kind(), node.span);
    match (&mut node.value, step) {
        (Value::Map(map), Step::Key(key)) => {
            let entry = map.entry(key).or_insert_with(|| Entry { key: at, node: empty() });
            entry.key = at;
            Ok(&mut entry.node)
        }
        (Value::List(items), Step::Index(index)) => {
            while items.len() <= index {
                items.push(empty());
            }
            Ok(&mut items[index])
        }
        (_, step) => {
            let wanted = if matches!(step, Step::Key(_)) { "an object" } else { "a list" };
            let message = format!("expected {wanted} above this, found {found}");
            Err(Box::new(Diagnostic::error(message).at(at, "cannot go below it").label(earlier, "set here")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Sources;

    fn set(kind: Kind, arguments: &[&str]) -> Result<String, String> {
        let mut sources = Sources::default();
        let mut root = Mapping::new();
        for text in arguments {
            let id = sources.add("--set", *text);
            apply(&mut root, text, id, kind).map_err(|d| d.message)?;
        }
        let id = sources.add("", "");
        Ok(Node::new(Value::Map(root), Span::new(id, 0..0)).to_json().to_string())
    }

    #[test]
    fn set_follows_helms_grammar() {
        for (text, expected) in [
            ("a=1", r#"{"a":1}"#),
            ("a=+5,b=-5", r#"{"a":5,"b":-5}"#),
            ("a=007,b=1.5,c=1e3", r#"{"a":"007","b":"1.5","c":"1e3"}"#),
            ("a=True,b=NULL,c=yes", r#"{"a":true,"b":null,"c":"yes"}"#),
            ("a=9223372036854775808", r#"{"a":"9223372036854775808"}"#),
            ("a=,b=1", r#"{"a":"","b":1}"#),
            ("a=b=c", r#"{"a":"b=c"}"#),
            ("=1", "{}"),
            ("", "{}"),
            ("a=1,", r#"{"a":1}"#),
            ("a.b.c=1,a.b.d=2", r#"{"a":{"b":{"c":1,"d":2}}}"#),
            (r"a\.b=1", r#"{"a.b":1}"#),
            (r"a=\1", r#"{"a":1}"#),
            ("a={1,x}", r#"{"a":[1,"x"]}"#),
            ("a={}", r#"{"a":[""]}"#),
            (r"a={a\,b,c}", r#"{"a":["a,b","c"]}"#),
            ("a[2]=x", r#"{"a":[null,null,"x"]}"#),
            ("a[0].b=1,a[0].c=2", r#"{"a":[{"b":1,"c":2}]}"#),
            ("a[0][1]=x", r#"{"a":[[null,"x"]]}"#),
        ] {
            assert_eq!(set(Kind::Typed, &[text]).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for (text, expected) in [
            ("a", "`a` has no value"),
            ("a,b=1", "`a` has no value"),
            ("a..b=1", "a key is empty"),
            ("a={x", "`{` is never closed"),
            ("a[-1]=1", "a list position cannot be negative, found -1"),
            ("a[65537]=1", "a list position is at most 65536, found 65537"),
            ("a[x]=1", "`x` is no list position"),
            ("a=1,a.b=2", "expected an object above this, found an integer"),
        ] {
            assert_eq!(set(Kind::Typed, &[text]).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn the_sisters_differ_in_the_value() {
        assert_eq!(set(Kind::Text, &["a=true,b=1"]).as_deref(), Ok(r#"{"a":"true","b":"1"}"#));
        assert_eq!(set(Kind::Json, &[r#"a=[1,"x"],b={"c":null}"#]).as_deref(), Ok(r#"{"a":[1,"x"],"b":{"c":null}}"#));
        assert_eq!(set(Kind::Json, &[r#"{"a":{"b":1}}"#]).as_deref(), Ok(r#"{"a":{"b":1}}"#));
        assert_eq!(set(Kind::Literal, &[r"a.b={1,\2},c=3"]).as_deref(), Ok(r#"{"a":{"b":"{1,\\2},c=3"}}"#));
    }
}

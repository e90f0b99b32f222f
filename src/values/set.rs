//! The grammar of `--set` and its sisters: `a.b[0]=x,c={1,2}` as edits of a values tree.

use super::{merge, set_value};
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
    /// `--set-file`: paths of files that hold the text.
    File,
}

/// The deepest name: dots in one path, as in Helm.
const MAX_DOTS: usize = 30;
/// The largest list position, as in Helm.
const MAX_INDEX: usize = 65_536;
/// Lists in lists in one path; Helm knows no bound.
const MAX_LISTS: usize = 100;
/// Nulls that one argument may put before its list positions; Helm knows no bound.
const MAX_GAPS: usize = 1 << 18;

type Outcome<T> = Result<T, Box<Diagnostic>>;

/// Turns a path into the text of the file.
pub(super) type ReadFile<'a> = &'a mut dyn FnMut(&str, Span) -> Outcome<String>;

/// Applies the argument of one flag to `root`; `read` is asked by `--set-file` only.
///
/// What Helm takes without a word is taken here: an assignment to an empty key at the end of a path changes nothing,
/// and a path that stops after a `.` or `[` ends the argument.
///
/// # Errors
/// A diagnostic at the place in the argument that is not in the grammar, or that contradicts an earlier value.
pub(super) fn apply(root: &mut Mapping, text: &str, id: SourceId, kind: Kind, read: ReadFile<'_>) -> Outcome<()> {
    if kind == Kind::Json && text.trim_start().starts_with('{') {
        if let Value::Map(map) = set_value::json_object(text, Span::new(id, 0..text.len()))?.value {
            merge::overlay(root, map);
        }
        return Ok(());
    }
    let mut parser = Parser { text, at: 0, id, kind, read, gaps: 0 };
    while parser.key(root, 0)? == Flow::Next {}
    Ok(())
}

/// Whether the argument goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Next,
    End,
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    id: SourceId,
    kind: Kind,
    read: ReadFile<'a>,
    /// Nulls put before list positions so far.
    gaps: usize,
}

/// A run of characters and what ended it.
struct Word {
    text: String,
    stop: Option<char>,
    range: std::ops::Range<usize>,
}

impl Parser<'_> {
    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(self.id, range.clone())
    }

    fn fail<T>(&self, message: impl Into<String>, range: &std::ops::Range<usize>, label: &str) -> Outcome<T> {
        Err(Box::new(Diagnostic::error(message).at(self.span(range), label)))
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.text[self.at..].chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    /// Takes the next character when it is `wanted`.
    fn take(&mut self, wanted: char) -> bool {
        let found = self.text[self.at..].starts_with(wanted);
        self.at += if found { wanted.len_utf8() } else { 0 };
        found
    }

    /// Reads up to one of `stops`; `\` takes the next character as it is, except in literals.
    fn word(&mut self, stops: &[char]) -> Word {
        let (start, mut text) = (self.at, String::new());
        while let Some(c) = self.bump() {
            if c == '\\' && self.kind != Kind::Literal {
                text.extend(self.bump());
            } else if stops.contains(&c) {
                return Word { text, stop: Some(c), range: start..self.at - c.len_utf8() };
            } else {
                text.push(c);
            }
        }
        Word { text, stop: None, range: start..self.at }
    }

    /// Reads one key and what follows it into `map`.
    fn key(&mut self, map: &mut Mapping, dots: usize) -> Outcome<Flow> {
        let stops: &[char] = if self.kind == Kind::Literal { &['=', '[', '.'] } else { &['=', '[', ',', '.'] };
        let Word { text: key, stop, range } = self.word(stops);
        let place = self.span(&range);
        match stop {
            Some('=') => {
                let value = self.value()?;
                put(map, key, place, value);
                Ok(Flow::Next)
            }
            Some('.') => self.below(map, key, place, dots + 1),
            Some('[') => {
                let Some(index) = self.index()? else { return Ok(Flow::End) };
                let (mut list, known) = match map.get_mut(&key).filter(|_| !key.is_empty()) {
                    Some(entry) => (Self::list_of(&mut entry.node, place)?, true),
                    None => (Vec::new(), false),
                };
                let flow = self.item(&mut list, index, dots, 1)?;
                let span = map.get(&key).filter(|_| known).map_or(place, |entry| entry.node.span);
                put(map, key, place, Node::new(Value::List(list), span));
                Ok(flow)
            }
            None if key.is_empty() => Ok(Flow::End),
            _ => {
                let message = format!("`{}` has no value", key.trim());
                self.fail(message, &(range.start..range.end.max(range.start + 1)), "expected `=` after it")
            }
        }
    }

    /// Reads the rest of a path into the map under `key`.
    fn below(&mut self, map: &mut Mapping, key: String, place: Span, dots: usize) -> Outcome<Flow> {
        if dots > MAX_DOTS {
            return Err(Box::new(Diagnostic::error(format!("nested deeper than {MAX_DOTS} levels")).at(place, "")));
        }
        if let Some(entry) = map.get_mut(&key).filter(|_| !key.is_empty()) {
            let Value::Map(inner) = &mut entry.node.value else {
                return Err(conflict("an object", &entry.node, self.span(&(self.at..self.text.len()))));
            };
            let flow = self.key(inner, dots)?;
            entry.key = place;
            return if inner.is_empty() && flow == Flow::Next { Err(no_value(&key, place)) } else { Ok(flow) };
        }
        let mut inner = Mapping::new();
        let flow = self.key(&mut inner, dots)?;
        if !inner.is_empty() {
            put(map, key, place, Node::new(Value::Map(inner), place));
        } else if flow == Flow::Next {
            return Err(no_value(&key, place));
        }
        Ok(flow)
    }

    /// Reads what follows `[index]` into a list.
    fn item(&mut self, list: &mut Vec<Node>, index: usize, dots: usize, lists: usize) -> Outcome<Flow> {
        let Word { text, stop, range } = self.word(&['=', '[', '.']);
        if !text.is_empty() {
            return self.fail("expected `=`, `.` or `[` after `]`", &range, "");
        }
        let place = self.span(&(range.start.saturating_sub(1)..range.end));
        match stop {
            Some('=') => {
                let value = self.value()?;
                *self.slot(list, index, place)? = value;
                Ok(Flow::Next)
            }
            Some('.') => {
                // Whatever stood there that is no map gives way to one, as in Helm.
                let earlier = list.get_mut(index).map(|node| std::mem::replace(&mut node.value, Value::Null));
                let mut inner = match earlier {
                    Some(Value::Map(map)) => map,
                    _ => Mapping::new(),
                };
                let flow = self.key(&mut inner, dots)?;
                if flow == Flow::Next || list.len() > index {
                    *self.slot(list, index, place)? = Node::new(Value::Map(inner), place);
                }
                Ok(flow)
            }
            Some(_) => {
                if lists >= MAX_LISTS {
                    return self.fail(format!("lists in lists deeper than {MAX_LISTS} levels"), &range, "");
                }
                let Some(next) = self.index()? else { return Ok(Flow::End) };
                let mut inner = match list.get_mut(index).filter(|node| !node.is_null()) {
                    Some(node) => Self::list_of(node, place)?,
                    None => Vec::new(),
                };
                let flow = self.item(&mut inner, next, dots, lists + 1)?;
                *self.slot(list, index, place)? = Node::new(Value::List(inner), place);
                Ok(flow)
            }
            None => Ok(Flow::End),
        }
    }

    /// Takes the list out of a node; it is put back changed.
    fn list_of(node: &mut Node, place: Span) -> Outcome<Vec<Node>> {
        match &mut node.value {
            Value::List(items) => Ok(std::mem::take(items)),
            _ => Err(conflict("a list", node, place)),
        }
    }

    /// The place in a list, after the nulls that it takes to get there.
    fn slot<'a>(&mut self, list: &'a mut Vec<Node>, index: usize, place: Span) -> Outcome<&'a mut Node> {
        self.gaps += index.saturating_sub(list.len());
        if self.gaps > MAX_GAPS {
            let message = format!("more than {MAX_GAPS} list items that nobody set");
            return Err(Box::new(Diagnostic::error(message).at(place, "the limit is reached here")));
        }
        while list.len() <= index {
            list.push(Node::new(Value::Null, place));
        }
        Ok(&mut list[index])
    }

    /// Reads a list position and its `]`; nothing when the argument ends before.
    fn index(&mut self) -> Outcome<Option<usize>> {
        let Word { text, stop, range } = self.word(&[']']);
        if stop.is_none() {
            return Ok(None);
        }
        let number: i64 = match text.parse() {
            Ok(number) => number,
            Err(_) => return self.fail(format!("`{text}` is no list position"), &range, "expected a number"),
        };
        if number < 0 {
            return self.fail(format!("a list position cannot be negative, found {number}"), &range, "");
        }
        match usize::try_from(number) {
            Ok(number) if number <= MAX_INDEX => Ok(Some(number)),
            _ => self.fail(format!("a list position is at most {MAX_INDEX}, found {number}"), &range, ""),
        }
    }

    fn value(&mut self) -> Outcome<Node> {
        let start = self.at;
        let rest = &self.text[start..];
        match self.kind {
            Kind::Json => self.json(),
            // The end of an argument is no path of a file.
            _ if rest.is_empty() || self.kind == Kind::Literal => {
                self.at = self.text.len();
                Ok(Node::new(Value::String(rest.to_owned()), self.span(&(start..self.at))))
            }
            _ if rest.starts_with('{') => self.list(start),
            _ => {
                let word = self.word(&[',']);
                self.scalar(word)
            }
        }
    }

    fn list(&mut self, start: usize) -> Outcome<Node> {
        self.take('{');
        let mut items = Vec::new();
        loop {
            let word = self.word(&[',', '}']);
            let stop = word.stop;
            if stop.is_none() {
                return self.fail("`{` is never closed", &(start..self.text.len()), "expected `}` at the end");
            }
            items.push(self.scalar(word)?);
            if stop == Some('}') {
                let place = self.span(&(start..self.at));
                self.take(',');
                return Ok(Node::new(Value::List(items), place));
            }
        }
    }

    /// Reads a JSON value; blanks around it and the comma after it are no part of it.
    fn json(&mut self) -> Outcome<Node> {
        if self.blanks() {
            return Ok(Node::new(Value::Null, self.span(&(self.at..self.at))));
        }
        let (node, length) = set_value::json(&self.text[self.at..], self.span(&(self.at..self.text.len())))?;
        self.at += length;
        self.blanks();
        Ok(node)
    }

    /// Skips blanks; true when a comma, which is skipped, too, or the end follows.
    fn blanks(&mut self) -> bool {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.take(',') || self.at == self.text.len()
    }

    fn scalar(&mut self, word: Word) -> Outcome<Node> {
        let place = self.span(&word.range);
        let value = match self.kind {
            Kind::Typed => set_value::typed(&word.text),
            Kind::File => Value::String((self.read)(&word.text, place)?),
            _ => Value::String(word.text),
        };
        Ok(Node::new(value, place))
    }
}

/// Sets a key, and its place; the empty key is nobody's.
fn put(map: &mut Mapping, key: String, place: Span, node: Node) {
    if !key.is_empty() {
        map.insert(key, Entry { key: place, node });
    }
}

fn conflict(wanted: &str, found: &Node, at: Span) -> Box<Diagnostic> {
    let message = format!("expected {wanted} above this, found {}", found.value.kind());
    Box::new(Diagnostic::error(message).at(at, "cannot go below it").label(found.span, "set here"))
}

fn no_value(key: &str, place: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(format!("`{key}.` names no key")).at(place, "expected a name after the dot"))
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
            apply(&mut root, text, id, kind, &mut |path, _| Ok(path.to_owned())).map_err(|d| d.message)?;
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
            ("a..b=1", "`a.` names no key"),
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

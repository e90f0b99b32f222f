//! Text to [`Node`] trees: anchors, merge keys, documents, limits, and the traps met on the way.

use std::collections::{HashMap, HashSet};

use super::scalar::{self, Spelling};
use super::syntax;
use super::{Entry, Mapping, Node, Value};
use crate::diagnostic::{Diagnostic, SourceId, Sources, Span};
use base64::Engine as _;
use granit_parser::{Event, Options, Parser, ScalarStyle, Tag};

/// Bounds on what one text may become; they stop YAML bombs.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Collections inside collections.
    pub depth: usize,
    /// Nodes after aliases are expanded.
    pub nodes: usize,
}

impl Default for Limits {
    /// 5 MiB of text as in Helm, 100 levels, a million nodes.
    fn default() -> Self {
        Self { bytes: 5 * 1024 * 1024, depth: 100, nodes: 1_000_000 }
    }
}

/// A spelling that is legal but rarely meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What it is.
    pub kind: TrapKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of [`Trap`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrapKind {
    /// A word such as `on` that reads as a boolean value.
    WordBoolean(bool),
    /// A word such as `y` that becomes the key `true` or `false`.
    WordBooleanKey(bool),
    /// A leading zero that makes the number octal.
    Octal(i64),
    /// A key that stands twice in one map; the later one wins.
    DuplicateKey {
        /// The key.
        key: String,
        /// Where it stood first.
        first: Span,
    },
}

/// What a text holds.
#[derive(Clone, Debug)]
pub struct Reading {
    /// One root per document; an empty document is null.
    pub documents: Vec<Node>,
    /// Traps in file order.
    pub traps: Vec<Trap>,
}

/// Reads every document of a source.
///
/// # Errors
/// One diagnostic at the place where the text stops being YAML, where it exceeds a limit, or where it holds
/// something that values cannot carry (a null or collection as key, an infinite number, an unknown anchor).
pub fn read(sources: &Sources, id: SourceId, limits: Limits) -> Result<Reading, Box<Diagnostic>> {
    read_documents(sources, id, 0..sources.get(id).text.len(), limits, usize::MAX)
}

/// Reads the documents in a part of a source; places count from the start of the source.
///
/// # Errors
/// As [`read`].
pub fn read_range(
    sources: &Sources,
    id: SourceId,
    range: std::ops::Range<usize>,
    limits: Limits,
) -> Result<Reading, Box<Diagnostic>> {
    read_documents(sources, id, range, limits, usize::MAX)
}

/// Reads the first document in a part of a source, and nothing after it; places count from the start of the source.
///
/// # Errors
/// As [`read`].
pub fn read_first(
    sources: &Sources,
    id: SourceId,
    range: std::ops::Range<usize>,
    limits: Limits,
) -> Result<Reading, Box<Diagnostic>> {
    read_documents(sources, id, range, limits, 1)
}

fn read_documents(
    sources: &Sources,
    id: SourceId,
    range: std::ops::Range<usize>,
    limits: Limits,
    most: usize,
) -> Result<Reading, Box<Diagnostic>> {
    let text = sources.get(id).text.get(range.clone()).unwrap_or_default();
    if text.len() > limits.bytes {
        let message = format!("file is larger than {} bytes: it has {}", limits.bytes, text.len());
        return Err(Box::new(Diagnostic::error(message).at(Span::new(id, 0..0), "")));
    }
    let mut options = Options::default();
    options.emit_unresolved_aliases = true;
    let content = text.strip_prefix('\u{feff}').unwrap_or(text);
    let offset = range.start + text.len() - content.len();
    let mut builder = Builder::new(id, offset, limits);
    for item in Parser::new_from_str_with_options(content, options) {
        if builder.documents.len() == most {
            break;
        }
        match item {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or_default();
                builder.event(event, builder.span(range.start..range.end))?;
            }
            Err(error) => return Err(Box::new(syntax::diagnostic(&error, content, |range| builder.span(range)))),
        }
    }
    Ok(Reading { documents: builder.documents, traps: builder.traps })
}

/// A collection that is being filled.
struct Frame {
    kind: FrameKind,
    start: Span,
    anchor: usize,
}

enum FrameKind {
    List(Vec<Node>),
    Map { map: Mapping, key: Option<(String, Span)>, merged: HashSet<String> },
}

/// Consumes events and keeps the stack of open collections.
struct Builder {
    id: SourceId,
    offset: usize,
    limits: Limits,
    documents: Vec<Node>,
    traps: Vec<Trap>,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    root: Option<Node>,
    nodes: usize,
}

type Step = Result<(), Box<Diagnostic>>;

impl Builder {
    fn new(id: SourceId, offset: usize, limits: Limits) -> Self {
        Self {
            id,
            offset,
            limits,
            documents: Vec::new(),
            traps: Vec::new(),
            stack: Vec::new(),
            anchors: HashMap::new(),
            root: None,
            nodes: 0,
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.id, range.start + self.offset..range.end + self.offset)
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Step {
        match event {
            Event::DocumentStart(..) => {
                self.anchors.clear();
                self.root = None;
            }
            Event::DocumentEnd => {
                let root = self.root.take().unwrap_or(Node::new(Value::Null, span));
                self.documents.push(root);
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.expects_key() {
                    return self.key(&text, style, anchor, tag.as_deref(), span);
                }
                let node = self.scalar(&text, style, tag.as_deref(), span)?;
                self.finish(node, anchor, 1)?;
            }
            Event::SequenceStart(_, anchor, _) => self.open(FrameKind::List(Vec::new()), anchor, span)?,
            Event::MappingStart(_, anchor, _) => {
                let kind = FrameKind::Map { map: Mapping::new(), key: None, merged: HashSet::new() };
                self.open(kind, anchor, span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::UnresolvedAlias(name) => {
                return Err(error(format!("unknown anchor `{name}`"), span, "nothing above is marked `&…` with it"));
            }
            _ => {}
        }
        Ok(())
    }

    fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { kind: FrameKind::Map { key: None, .. }, .. }))
    }

    /// The key whose value comes next.
    fn open_key(&self) -> Option<&str> {
        match self.stack.last() {
            Some(Frame { kind: FrameKind::Map { key: Some((name, _)), .. }, .. }) => Some(name),
            _ => None,
        }
    }

    fn open(&mut self, kind: FrameKind, anchor: usize, span: Span) -> Step {
        if self.expects_key() {
            return Err(error("a map key must be a scalar, found a collection".into(), span, ""));
        }
        if self.stack.len() >= self.limits.depth {
            let message = format!("nested deeper than {} levels", self.limits.depth);
            return Err(error(message, span, "this level is one too many"));
        }
        self.stack.push(Frame { kind, start: span, anchor });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Step {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let span = Span { end: end.end.max(frame.start.end), ..frame.start };
        let value = match frame.kind {
            FrameKind::List(items) => Value::List(items),
            FrameKind::Map { map, .. } => Value::Map(map),
        };
        self.finish(Node::new(value, span), frame.anchor, 1)
    }

    /// Hands a finished node to the collection around it.
    fn finish(&mut self, node: Node, anchor: usize, weight: usize) -> Step {
        self.nodes += weight;
        if self.nodes > self.limits.nodes {
            let message = format!("more than {} nodes once aliases are expanded", self.limits.nodes);
            return Err(error(message, node.span, "the limit is reached here"));
        }
        if anchor != 0 {
            let weight = count(&node);
            self.anchors.insert(anchor, (node.clone(), weight));
        }
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Frame { kind: FrameKind::List(items), .. }) => items.push(node),
            Some(Frame { kind: FrameKind::Map { map, key, merged }, .. }) => {
                let Some((name, at)) = key.take() else { return Ok(()) };
                if name == MERGE {
                    return merge(map, merged, node, at, &mut self.traps);
                }
                // A key may stand beside what a merge brought.
                if !merged.remove(&name)
                    && let Some(earlier) = map.get(&name)
                {
                    let kind = TrapKind::DuplicateKey { key: name.clone(), first: earlier.key };
                    self.traps.push(Trap { kind, span: at });
                }
                map.insert(name, Entry { key: at, node });
            }
        }
        Ok(())
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Step {
        let Some((node, weight)) = self.anchors.get(&anchor).cloned() else {
            return Err(error("an anchor cannot contain itself".into(), span, "the anchor is still open here"));
        };
        if matches!(self.open_key(), Some(MERGE)) && node.as_list().is_some() {
            let help = "name the maps of the list one by one";
            return Err(error("`<<` cannot merge a list by its name".into(), span, help));
        }
        if self.expects_key() {
            let text = node.scalar_text().ok_or_else(|| error("a map key must be a scalar".into(), span, ""))?;
            return self.insert_key(text, span);
        }
        self.finish(node, 0, weight)
    }

    fn key(&mut self, text: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) -> Step {
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let tagged = tag.and_then(known);
        if text == "<<" && (plain || tagged == Some("merge")) {
            return self.insert_key(MERGE.to_owned(), span);
        }
        if plain && let Some(name) = scalar::not_finite(text) {
            return self.insert_key(name.to_owned(), span);
        }
        let traps = self.traps.len();
        let node = self.scalar(text, style, tag, span)?;
        self.traps.truncate(traps);
        if anchor != 0 {
            self.anchors.insert(anchor, (node.clone(), 1));
        }
        let name = match node.value {
            Value::Null => return Err(error("a map key cannot be null".into(), span, "quote it if it is text")),
            Value::Bool(flag) => {
                if !matches!(text.to_ascii_lowercase().as_str(), "true" | "false") {
                    self.traps.push(Trap { kind: TrapKind::WordBooleanKey(flag), span });
                }
                flag.to_string()
            }
            Value::String(text) => text,
            _ => scalar::number_key(text, tagged == Some("float"))
                .ok_or_else(|| error(format!("`{text}` is too large for a map key"), span, "quote it if it is text"))?,
        };
        self.insert_key(name, span)
    }

    fn insert_key(&mut self, name: String, span: Span) -> Step {
        if let Some(Frame { kind: FrameKind::Map { key, .. }, .. }) = self.stack.last_mut() {
            *key = Some((name, span));
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&Tag>,
        span: Span,
    ) -> Result<Node, Box<Diagnostic>> {
        let Some(tag) = tag else {
            let value =
                if style == ScalarStyle::Plain { self.plain(text, span)? } else { Value::String(text.to_owned()) };
            return Ok(Node::new(value, span));
        };
        let suffix = known(tag);
        let value = match suffix {
            Some("binary") => {
                let clean: String = text.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(clean);
                let bytes =
                    bytes.map_err(|_| error("cannot read this as base64".into(), span, "the tag demands it"))?;
                Value::String(String::from_utf8_lossy(&bytes).into_owned())
            }
            Some("bool" | "int" | "float" | "null") => {
                let value = self.plain(text, span)?;
                let fits = match &value {
                    Value::Bool(_) => suffix == Some("bool"),
                    Value::Null => suffix == Some("null"),
                    Value::Int(_) | Value::Float(_) => {
                        suffix == Some("float") || suffix == Some("int") && scalar::is_whole(text)
                    }
                    _ => false,
                };
                if !fits {
                    let message = format!("cannot read `{text}` as `!!{}`", suffix.unwrap_or_default());
                    return Err(error(message, span, "the tag demands it"));
                }
                value
            }
            _ => Value::String(text.to_owned()),
        };
        Ok(Node::new(value, span))
    }

    fn plain(&mut self, text: &str, span: Span) -> Result<Value, Box<Diagnostic>> {
        let resolved = scalar::resolve(text);
        match (resolved.spelling, &resolved.value) {
            (Spelling::WordBoolean, Value::Bool(flag)) => {
                self.traps.push(Trap { kind: TrapKind::WordBoolean(*flag), span });
            }
            (Spelling::Octal, Value::Int(number)) => self.traps.push(Trap { kind: TrapKind::Octal(*number), span }),
            (Spelling::NotFinite, _) => {
                return Err(error(format!("`{text}` is not a finite number"), span, "quote it if it is text"));
            }
            _ => {}
        }
        Ok(resolved.value)
    }
}

/// The name of a tag of YAML's own: `str` of `!!str`.
fn known(tag: &Tag) -> Option<&str> {
    tag.core_suffix().or_else(|| Some(tag.suffix()).filter(|_| tag.handle() == "tag:yaml.org,2002:"))
}

/// A key no YAML text can spell, for `<<`.
const MERGE: &str = "\0<<";

fn error(message: String, span: Span, label: &str) -> Box<Diagnostic> {
    Box::new(Diagnostic::error(message).at(span, label))
}

/// Adds what a merge key brings, over the keys above it and under those below it, as Helm does; of a list the first
/// map wins.
fn merge(map: &mut Mapping, merged: &mut HashSet<String>, source: Node, at: Span, traps: &mut Vec<Trap>) -> Step {
    let maps = match source.value {
        Value::List(items) => items.into_iter().rev().collect(),
        _ => vec![source],
    };
    for source in maps {
        let Value::Map(entries) = source.value else {
            let message = format!("`<<` merges maps, found {}", source.value.kind());
            return Err(error(message, source.span, "expected a map or a list of maps"));
        };
        for (key, entry) in entries {
            if let Some(earlier) = map.get(&key).filter(|_| !merged.contains(&key)) {
                let kind = TrapKind::DuplicateKey { key: key.clone(), first: earlier.key };
                traps.push(Trap { kind, span: at });
            }
            merged.insert(key.clone());
            map.insert(key, entry);
        }
    }
    Ok(())
}

fn count(node: &Node) -> usize {
    1 + match &node.value {
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(map) => map.values().map(|entry| count(&entry.node)).sum(),
        // An alias copies text, too.
        Value::String(text) => text.len() / 64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Result<Node, String> {
        let mut sources = Sources::default();
        let id = sources.add("v.yaml", text);
        read(&sources, id, Limits::default())
            .map(|reading| reading.documents.into_iter().next().expect("a document"))
            .map_err(|diagnostic| diagnostic.message)
    }

    #[test]
    fn every_node_knows_its_place() {
        let text = "\u{feff}a:\n  b: [1, zwei]\n";
        let mut sources = Sources::default();
        let id = sources.add("v.yaml", text);
        let reading = read(&sources, id, Limits::default()).expect("valid");
        let list = reading.documents[0].at(&["a", "b"]).expect("a.b");
        let item = &list.as_list().expect("list")[1];
        assert_eq!(sources.slice(item.span), "zwei");
        assert_eq!(sources.locate(item.span).to_string(), "v.yaml:2:10");
    }

    #[test]
    fn merge_keys_and_aliases_expand_and_explicit_keys_win() {
        let node = first("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  x: 3\n").expect("valid");
        assert_eq!(node.at(&["use", "x"]).and_then(Node::as_int), Some(3));
        assert_eq!(node.at(&["use", "y"]), None, "`y` is the key `true` in YAML 1.1");
        assert_eq!(node.at(&["use", "true"]).and_then(Node::as_int), Some(2));
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for i in 1..9 {
            let alias = format!("*a{},", i - 1).repeat(10);
            text += &format!("a{i}: &a{i} [{alias}]\n");
        }
        assert_eq!(first(&text).unwrap_err(), "more than 1000000 nodes once aliases are expanded");
    }

    #[test]
    fn nesting_beyond_the_limit_is_refused() {
        let text = "[".repeat(150) + &"]".repeat(150);
        assert_eq!(first(&text).unwrap_err(), "nested deeper than 100 levels");
    }

    #[test]
    fn a_tab_is_named() {
        assert_eq!(first("a:\n\tb: 1\n").unwrap_err(), "not valid YAML: a tab cannot indent a line");
    }

    #[test]
    fn both_places_of_a_duplicate_key_are_known() {
        let mut sources = Sources::default();
        let id = sources.add("v.yaml", "a: 1\nb: 2\na: 3\n");
        let reading = read(&sources, id, Limits::default()).expect("valid");
        let [Trap { kind: TrapKind::DuplicateKey { key, first }, span }] = &reading.traps[..] else {
            panic!("one trap: {:?}", reading.traps);
        };
        assert_eq!((key.as_str(), sources.locate(*first).line, sources.locate(*span).line), ("a", 1, 3));
    }

    /// Helm takes one of the two by chance.
    #[test]
    fn of_two_keys_that_are_written_alike_the_last_counts() {
        let text = "1: a\n\"1\": b\ntrue: a\n'true': b\n";
        let node = first(text).expect("valid");
        assert_eq!(node.at(&["1"]).and_then(Node::as_str), Some("b"));
        assert_eq!(node.at(&["true"]).and_then(Node::as_str), Some("b"));
        let mut sources = Sources::default();
        let id = sources.add("v.yaml", text);
        assert_eq!(read(&sources, id, Limits::default()).expect("valid").traps.len(), 2, "and both are reported");
    }
}

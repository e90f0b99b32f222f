//! The texts that diagnostics point into: files, flags and rendered documents.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// Names one text in a [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(u32);

/// A byte range in one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text it lies in.
    pub source: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `range` in `source`; sources are limited to far less than 4 GiB.
    pub fn new(source: SourceId, range: Range<usize>) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self { source, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The byte range.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people name it; line and column count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file, flag or stream.
    pub name: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.name, self.line, self.column)
    }
}

/// One text and the name it is shown under.
#[derive(Clone, Debug)]
pub struct Source {
    /// A path as the user gave it, a flag such as `--set`, or `<stdin>`.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// Ranges that no message shows.
    hidden: Vec<Range<usize>>,
    /// The text without secrets, once a message has shown a part of it.
    shown: Arc<OnceLock<String>>,
}

impl Source {
    /// The text as messages show it: with secrets starred, every byte in its place.
    pub fn shown(&self) -> &str {
        self.shown.get_or_init(|| super::redact::redact(&self.text, &self.hidden))
    }
}

/// Every text that was read in a run, in the order of reading.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    list: Vec<Source>,
}

impl Sources {
    /// Registers a text.
    ///
    /// # Panics
    /// Never in practice: more than four billion sources do not fit into memory.
    pub fn add(&mut self, name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> SourceId {
        let id = SourceId(u32::try_from(self.list.len()).expect("fewer than 2^32 sources"));
        self.list.push(Source { name: name.into(), text: text.into(), hidden: Vec::new(), shown: Arc::default() });
        id
    }

    /// Stars a place in everything that is shown of its text.
    pub fn hide(&mut self, span: Span) {
        let source = &mut self.list[span.source.0 as usize];
        source.hidden.push(span.range());
        source.shown = Arc::default();
    }

    /// The source behind an id.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.list[id.0 as usize]
    }

    /// All of them, in the order of reading.
    pub fn iter(&self) -> impl Iterator<Item = &Source> {
        self.list.iter()
    }

    /// The last one of a name.
    pub fn named(&self, name: &str) -> Option<SourceId> {
        let position = self.list.iter().rposition(|source| &*source.name == name)?;
        u32::try_from(position).ok().map(SourceId)
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        let text = &self.get(span.source).text;
        text.get(span.range()).unwrap_or("")
    }

    /// Where a span starts.
    pub fn locate(&self, span: Span) -> Location {
        let source = self.get(span.source);
        let before = source.text.get(..span.start as usize).unwrap_or(&source.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        Location {
            name: source.name.to_string(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The span of a whole line, counted from 1, without its line break.
    pub fn line(&self, source: SourceId, line: usize) -> Span {
        let text = &self.get(source).text;
        let mut start = 0;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            if number + 1 == line {
                let trimmed = content.trim_end_matches(['\n', '\r']);
                let indent = trimmed.len() - trimmed.trim_start().len();
                return Span::new(source, start + indent..start + trimmed.len());
            }
            start += content.len();
        }
        Span::new(source, text.len()..text.len())
    }
}

//! From a byte of rendered text back to the template that wrote it.

use std::collections::HashMap;

use minijinja::{OutputSpan, OutputSpanKind};

use crate::diagnostic::{SourceId, Span};

/// Pieces of rendered text with the template source that wrote each, in output order.
#[derive(Debug, Default)]
pub struct SourceMap {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    output: std::ops::Range<usize>,
    source: Span,
    verbatim: bool,
}

impl SourceMap {
    /// The map of a file that is its own result.
    pub(super) fn verbatim(source: SourceId, length: usize) -> Self {
        Self { pieces: vec![Piece { output: 0..length, source: Span::new(source, 0..length), verbatim: true }] }
    }

    pub(super) fn new(spans: Vec<OutputSpan>, names: &HashMap<String, SourceId>) -> Self {
        let piece = |span: OutputSpan| {
            let source = Span::new(*names.get(span.name())?, span.source_range());
            Some(Piece { output: span.output_range(), source, verbatim: span.kind() == OutputSpanKind::Raw })
        };
        Self { pieces: spans.into_iter().filter_map(piece).collect() }
    }

    /// The template source that wrote the byte at `offset`: the exact place for plain text, the whole expression
    /// for what an expression printed.
    pub fn locate(&self, offset: usize) -> Option<Span> {
        let index = self.pieces.partition_point(|piece| piece.output.end <= offset);
        let piece = self.pieces.get(index).or_else(|| self.pieces.last())?;
        if !piece.verbatim {
            return Some(piece.source);
        }
        let into = offset.clamp(piece.output.start, piece.output.end) - piece.output.start;
        let start = piece.source.range().start + into;
        Some(Span::new(piece.source.source, start..(start + 1).min(piece.source.range().end)))
    }

    /// The expression that printed the byte at `offset`; nothing where plain text wrote it.
    pub fn expression(&self, offset: usize) -> Option<Span> {
        let index = self.pieces.partition_point(|piece| piece.output.end <= offset);
        self.pieces.get(index).filter(|piece| !piece.verbatim).map(|piece| piece.source)
    }

    /// Whether the text is a file that is its own result.
    pub fn is_verbatim(&self) -> bool {
        matches!(&self.pieces[..], [piece] if piece.verbatim && piece.source.start == 0 && piece.output.start == 0)
    }

    /// The template source of a range: exact where one piece of plain text wrote all of it.
    pub fn locate_range(&self, range: std::ops::Range<usize>) -> Option<Span> {
        let start = self.locate(range.start)?;
        let end = self.locate(range.end.saturating_sub(1).max(range.start))?;
        if start.source == end.source && end.end > start.start && end.range().end - start.range().start == range.len() {
            return Some(Span { end: end.end, ..start });
        }
        Some(start)
    }
}

//! Diagnostics as text: header, excerpt with carets, notes, help.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Diagnostic, Severity, Sources, Span};

/// Whether the text may carry terminal colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Bytes for files, pipes and snapshots.
    Plain,
    /// ANSI colours for a terminal.
    Coloured,
}

/// Renders one diagnostic, with a line break at its end; `id` stands beside its severity.
pub fn render(diagnostic: &Diagnostic, sources: &Sources, style: Style, id: Option<&str>) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let title = level.primary_title(diagnostic.message.as_str());
    let mut group = Group::with_title(match id {
        Some(id) => title.id(id),
        None => title,
    });
    for snippet in snippets(diagnostic, sources) {
        group = group.element(snippet);
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(note.as_str()));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let mut text = renderer.render(&[group]);
    text.push('\n');
    text
}

/// One snippet per source, the primary place's source first.
fn snippets<'a>(
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
) -> Vec<Snippet<'a, annotate_snippets::Annotation<'a>>> {
    let mut places: Vec<(Span, &str, AnnotationKind)> = Vec::new();
    if let Some(label) = &diagnostic.primary {
        places.push((label.span, &label.message, AnnotationKind::Primary));
    }
    places.extend(diagnostic.labels.iter().map(|l| (l.span, l.message.as_str(), AnnotationKind::Context)));
    let mut order = Vec::new();
    for (span, ..) in &places {
        if !order.contains(&span.source) {
            order.push(span.source);
        }
    }
    order
        .into_iter()
        .map(|id| {
            let source = sources.get(id);
            let mut shown = Vec::new();
            for (span, message, kind) in places.iter().filter(|(span, ..)| span.source == id) {
                // Two places on one long line would show all that lies between them.
                if shown.is_empty() || !in_long_line(&source.text, *span) {
                    shown.push((clip(&source.text, *span), *message, *kind));
                }
            }
            let window = window(&source.text, shown.iter().map(|(range, ..)| range));
            let lines = source.shown().get(window.clone()).unwrap_or_default();
            let first = source.text[..window.start].matches('\n').count() + 1;
            let snippet = Snippet::source(lines).line_start(first).path(source.name.as_ref()).fold(true);
            snippet.annotations(shown.into_iter().map(|(range, message, kind)| {
                let annotation = kind.span(range.start - window.start..range.end - window.start);
                if message.is_empty() { annotation } else { annotation.label(message) }
            }))
        })
        .collect()
}

/// The lines from the first place to the last, and a few around them: what an excerpt may show of a text of any length.
fn window<'a>(text: &str, ranges: impl Iterator<Item = &'a std::ops::Range<usize>>) -> std::ops::Range<usize> {
    let (start, end) = ranges.fold((text.len(), 0), |(start, end), range| (start.min(range.start), end.max(range.end)));
    let before = text[..start.min(end)].rmatch_indices('\n').nth(AROUND).map_or(0, |(at, _)| at + 1);
    let after = text[end..].match_indices('\n').nth(AROUND).map_or(text.len(), |(at, _)| end + at + 1);
    before..after
}

/// Lines of a window before its first place and after its last.
const AROUND: usize = 3;

/// A line that is longer than a screen is wide, several times over.
const LONG_LINE: usize = 1000;

fn in_long_line(text: &str, span: Span) -> bool {
    let start = clip(text, span).start;
    let before = text[..start].rfind('\n').map_or(start, |at| start - at);
    before + text[start..].find('\n').unwrap_or(text.len() - start) > LONG_LINE
}

/// A span that lies on character boundaries and ends on the line it starts on, so that excerpts stay short.
fn clip(text: &str, span: Span) -> std::ops::Range<usize> {
    let boundary = |mut i: usize| {
        i = i.min(text.len());
        while !text.is_char_boundary(i) {
            i -= 1;
        }
        i
    };
    let start = boundary(span.start as usize);
    let line_end = text[start..].find('\n').map_or(text.len(), |i| start + i);
    start..boundary(span.end as usize).clamp(start, line_end)
}

//! What the parser finds wrong, in words that say what to do.

use granit_parser::{ErrorKind, ScanError};

use crate::diagnostic::{Diagnostic, Span};

/// The diagnostic for a syntax error in `text`; `span` turns a range of bytes of it into a place.
pub(super) fn diagnostic(error: &ScanError, text: &str, span: impl Fn(std::ops::Range<usize>) -> Span) -> Diagnostic {
    let at = error.marker().byte_offset().unwrap_or(text.len()).min(text.len());
    let (message, help) = describe(error.kind(), text, at);
    // A place past the end has no line to show; the last line of text has.
    let at = if at == text.len() { text.trim_end().len() } else { at };
    let diagnostic = Diagnostic::error(format!("not valid YAML: {message}")).at(span(at..at), "");
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The parser's finding in our words, and the way out where it is known.
fn describe(kind: &ErrorKind, text: &str, at: usize) -> (String, Option<&'static str>) {
    let line_start = text[..floor(text, at)].rfind('\n').map_or(0, |i| i + 1);
    let indented_by_tab = text[line_start..].trim_start_matches(' ').starts_with('\t');
    match kind {
        _ if indented_by_tab => ("a tab cannot indent a line".into(), Some("indent with spaces")),
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation => {
            ("a tab cannot indent a line".into(), Some("indent with spaces"))
        }
        ErrorKind::MappingValueNotAllowed | ErrorKind::MappingKeyNotAllowed => (
            "a `key: value` cannot stand here".into(),
            Some("check the indentation of this line and the one above, or quote text that contains `: `"),
        ),
        ErrorKind::UnclosedQuotedScalar => ("a quote is never closed".into(), None),
        ErrorKind::UnclosedFlowCollection { open } => (format!("`{open}` is never closed"), None),
        ErrorKind::RecursionLimitExceeded => ("nested too deeply".into(), None),
        ErrorKind::InvalidIndentation | ErrorKind::ExpectedBlockMappingKey => {
            ("the indentation does not match any line above".into(), Some("align the keys of one map in one column"))
        }
        ErrorKind::UnexpectedCharacter { character } => {
            (format!("`{}` cannot start a value", character.escape_default()), Some("quote the value: `\"…\"`"))
        }
        ErrorKind::InvalidColonPlacement => {
            ("a `:` cannot stand inside a list".into(), Some("close the `[` that is open above"))
        }
        ErrorKind::ExpectedFlowSequenceSeparator | ErrorKind::ExpectedFlowMappingSeparator => {
            ("a `,` or the closing bracket is missing".into(), Some("close the `[` or `{` that is open above"))
        }
        other => (other.to_string(), None),
    }
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

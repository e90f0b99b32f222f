//! How a text is written as a YAML scalar: what libyaml's emitter allows for it, and what Go's encoders ask for.

use super::{Layout, scalar, timestamp};

/// The form of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

/// What holds for a text as a whole.
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(super) struct Analysis {
    /// It has a line break of any kind.
    pub(super) multiline: bool,
    plain: bool,
    single: bool,
    block: bool,
}

impl Analysis {
    pub(super) fn of(text: &str, layout: Layout) -> Self {
        if text.is_empty() {
            return Self { multiline: false, plain: true, single: true, block: false };
        }
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut special, mut tabs, mut multiline) = (false, false, false);
        let (mut break_space, mut space_break) = (false, false);
        let mut before = None;
        let mut rest = text.chars().peekable();
        while let Some(c) = rest.next() {
            let blank_after = rest.peek().is_none_or(|next| is_blank(*next));
            indicators |= match c {
                '#' => before.is_none_or(|b| is_blank(b) || is_break(b) || b == '\0'),
                ':' => blank_after,
                '?' | '-' if before.is_none() => blank_after,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
                    before.is_none()
                }
                _ => false,
            };
            if c == '\t' && layout == Layout::Pretty {
                tabs = true;
            } else {
                special |= !is_printable(c);
            }
            multiline |= is_break(c);
            break_space |= c == ' ' && before.is_some_and(is_break);
            space_break |= is_break(c) && before == Some(' ');
            before = Some(c);
        }
        let edge = |c: Option<char>| c.is_some_and(|c| c == ' ' || is_break(c));
        let edges = edge(text.chars().next()) || edge(before);
        let unquotable = space_break || special || tabs;
        Self {
            multiline,
            plain: !(edges || break_space || unquotable || multiline || indicators),
            single: !(break_space || unquotable),
            block: !(before == Some(' ') || space_break || special),
        }
    }

    /// The form of this text; a key is never a block.
    pub(super) fn style(&self, text: &str, is_key: bool) -> Style {
        let wanted = if text.contains('\n') {
            Style::Literal
        } else if reads_as_text(text) {
            Style::Plain
        } else {
            Style::Double
        };
        match wanted {
            _ if is_key && self.multiline => Style::Double,
            Style::Plain if self.plain && !(is_key && text.is_empty()) => Style::Plain,
            Style::Plain if self.single => Style::Single,
            Style::Literal if self.block && !is_key => Style::Literal,
            _ => Style::Double,
        }
    }
}

/// Whether a reader takes the text, written plain, for text.
fn reads_as_text(text: &str) -> bool {
    let resolved = scalar::resolve(text);
    let is_text = resolved.spelling == scalar::Spelling::Ordinary && matches!(resolved.value, super::Value::String(_));
    is_text && !timestamp::is_timestamp(text) && !is_sexagesimal(text)
}

/// Numbers to the base 60, which YAML 1.1 had: `190:20:30.15`.
fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.strip_prefix(['+', '-']).unwrap_or(text).split(':');
    let head = parts.next().unwrap_or_default();
    let mut tail: Vec<&str> = parts.collect();
    let Some(last) = tail.pop() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    tail.push(last);
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    head.starts_with(|c: char| c.is_ascii_digit())
        && digits(head)
        && digits(fraction)
        && tail.iter().all(|part| match part.as_bytes() {
            [digit] => digit.is_ascii_digit(),
            [first, second] => (b'0'..=b'5').contains(first) && second.is_ascii_digit(),
            _ => false,
        })
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Line breaks of YAML 1.1.
pub(super) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that go-yaml writes as they are.
pub(super) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}') && c != '\u{feff}'
}

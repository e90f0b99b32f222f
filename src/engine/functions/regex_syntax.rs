//! From Go's syntax of regular expressions to that of the `regex` crate, or to Go's words for what is wrong.

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{Ast, Error, ErrorKind, RepetitionKind, RepetitionRange, Span, Visitor, visit};

/// The largest count of a repetition, as in RE2.
const MAX_REPEAT: u32 = 1000;

/// The same pattern for the `regex` crate.
///
/// # Errors
/// Go's words: `missing closing ]: `[a``.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let translated = rewrite(pattern)?;
    let ast = Parser::new().parse(&translated).map_err(|error| words(&error, pattern))?;
    visit(&ast, Checks { pattern: &translated })?;
    // What only the meaning tells, such as an unknown property, has a span as well.
    regex_syntax::hir::translate::Translator::new().translate(&translated, &ast).map_err(|error| {
        let part = part(&translated, error.span());
        format!("invalid character class range: `{part}`")
    })?;
    Ok(translated)
}

/// The classes of Perl are ASCII in Go, and a `[` inside of a class is itself.
fn rewrite(pattern: &str) -> Result<String, String> {
    let mut out = String::new();
    let mut chars = pattern.char_indices().peekable();
    let mut in_class = false;
    let mut class_start = 0;
    let mut names: Vec<&str> = Vec::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let Some((_, escaped)) = chars.next() else {
                    return Err("trailing backslash at end of expression: ``".to_owned());
                };
                match (escaped, in_class) {
                    ('d', true) => out.push_str("0-9"),
                    ('w', true) => out.push_str("0-9A-Za-z_"),
                    ('s', true) => out.push_str(r"\t\n\f\r "),
                    ('d', false) => out.push_str("[0-9]"),
                    ('w', false) => out.push_str("[0-9A-Za-z_]"),
                    ('s', false) => out.push_str(r"[\t\n\f\r ]"),
                    ('D', _) => out.push_str("[^0-9]"),
                    ('W', _) => out.push_str("[^0-9A-Za-z_]"),
                    ('S', _) => out.push_str(r"[^\t\n\f\r ]"),
                    ('b', false) => out.push_str(r"(?-u:\b)"),
                    ('Q', false) => {
                        let rest = &pattern[at + 2..];
                        let literal = rest.split_once("\\E").map_or(rest, |(literal, _)| literal);
                        out.push_str(&regex::escape(literal));
                        let end = (at + 2 + literal.len() + 2).min(pattern.len());
                        while chars.next_if(|(at, _)| *at < end).is_some() {}
                    }
                    ('<' | '>', _) => return Err(format!("invalid escape sequence: `\\{escaped}`")),
                    _ => out.extend(['\\', escaped]),
                }
            }
            '(' if !in_class => {
                out.push('(');
                // Of equal names Go goes by the first; the others need none.
                if let Some(name) = group_name(&pattern[at..]) {
                    if names.contains(&name) {
                        let end = at + pattern[at..].find('>').unwrap_or_default();
                        while chars.next_if(|(at, _)| *at <= end).is_some() {}
                    }
                    names.push(name);
                }
            }
            '[' if !in_class => {
                in_class = true;
                class_start = at;
                out.push('[');
                if chars.next_if(|(_, c)| *c == '^').is_some() {
                    out.push('^');
                }
                if chars.next_if(|(_, c)| *c == ']').is_some() {
                    out.push_str("\\]");
                }
            }
            '[' => match named_class(&pattern[at..]) {
                Some(name) if !NAMED.contains(&name.trim_start_matches('^')) => {
                    return Err(format!("invalid character class range: `[:{name}:]`"));
                }
                Some(name) => {
                    out.push_str(&format!("[:{name}:]"));
                    let end = at + name.len() + 4;
                    while chars.next_if(|(at, _)| *at < end).is_some() {}
                }
                None => out.push_str("\\["),
            },
            ']' if in_class => {
                in_class = false;
                out.push(']');
            }
            '&' | '~' if in_class => out.extend(['\\', c]),
            '-' if in_class && chars.peek().is_some_and(|(_, next)| *next == '-') => out.push_str("\\-"),
            c => out.push(c),
        }
    }
    if in_class {
        return Err(format!("missing closing ]: `{}`", &pattern[class_start..]));
    }
    Ok(out)
}

const NAMED: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "word",
    "xdigit",
];

/// `n` of `(?P<n>` or `(?<n>`.
fn group_name(text: &str) -> Option<&str> {
    let name = text.strip_prefix("(?P<").or_else(|| text.strip_prefix("(?<"))?;
    name.split_once('>').map(|(name, _)| name).filter(|name| !name.starts_with(['=', '!']))
}

/// `alpha` of `[:alpha:]`.
fn named_class(text: &str) -> Option<&str> {
    text.strip_prefix("[:")?.split_once(":]").map(|(name, _)| name)
}

fn part(pattern: &str, span: &Span) -> String {
    pattern.get(span.start.offset..span.end.offset).unwrap_or_default().to_owned()
}

fn words(error: &Error, pattern: &str) -> String {
    let part = part(error.pattern(), error.span());
    let from = |start: usize| error.pattern().get(start..).unwrap_or_default();
    let start = error.span().start.offset;
    match error.kind() {
        ErrorKind::ClassUnclosed => format!("missing closing ]: `{}`", from(start)),
        ErrorKind::GroupUnclosed => format!("missing closing ): `{pattern}`"),
        ErrorKind::GroupUnopened => format!("unexpected ): `{pattern}`"),
        ErrorKind::RepetitionMissing => {
            let operator = from(start).chars().next().map(String::from).unwrap_or(part);
            format!("missing argument to repetition operator: `{operator}`")
        }
        ErrorKind::UnsupportedLookAround if part.starts_with("(?<") => {
            let group = from(start);
            let end = group.find(')').map_or(group.len(), |end| end + 1);
            format!("invalid named capture: `{}`", &group[..end])
        }
        ErrorKind::UnsupportedLookAround => format!("invalid or unsupported Perl syntax: `{part}`"),
        ErrorKind::UnsupportedBackreference | ErrorKind::EscapeUnrecognized => {
            format!("invalid escape sequence: `{part}`")
        }
        ErrorKind::EscapeUnexpectedEof => "trailing backslash at end of expression: ``".to_owned(),
        ErrorKind::ClassRangeInvalid | ErrorKind::ClassRangeLiteral => {
            format!("invalid character class range: `{part}`")
        }
        ErrorKind::GroupNameUnexpectedEof | ErrorKind::GroupNameInvalid | ErrorKind::GroupNameEmpty => {
            let open = error.pattern()[..start].rfind("(?").unwrap_or(start);
            format!("invalid named capture: `{}`", from(open))
        }
        ErrorKind::FlagUnrecognized | ErrorKind::FlagUnexpectedEof | ErrorKind::FlagDuplicate { .. } => {
            let open = error.pattern()[..start].rfind("(?").unwrap_or(start);
            let end = error.span().end.offset.min(error.pattern().len());
            format!("invalid or unsupported Perl syntax: `{}`", error.pattern().get(open..end).unwrap_or_default())
        }
        ErrorKind::RepetitionCountInvalid
        | ErrorKind::RepetitionCountDecimalEmpty
        | ErrorKind::RepetitionCountUnclosed
        | ErrorKind::DecimalInvalid => format!("invalid repeat count: `{part}`"),
        kind => format!("{kind}: `{pattern}`"),
    }
}

/// What RE2 refuses and the crate takes.
struct Checks<'a> {
    pattern: &'a str,
}

impl Visitor for Checks<'_> {
    type Output = ();
    type Err = String;

    fn finish(self) -> Result<(), String> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &Ast) -> Result<(), String> {
        match ast {
            Ast::Repetition(outer) => {
                let operator = part(self.pattern, &outer.op.span);
                if let RepetitionKind::Range(range) = &outer.op.kind {
                    let (RepetitionRange::Exactly(most)
                    | RepetitionRange::AtLeast(most)
                    | RepetitionRange::Bounded(_, most)) = range;
                    if *most > MAX_REPEAT {
                        return Err(format!("invalid repeat count: `{operator}`"));
                    }
                }
                if let Ast::Repetition(inner) = &*outer.ast {
                    let both = Span::new(inner.op.span.start, outer.op.span.end);
                    return Err(format!("invalid nested repetition operator: `{}`", part(self.pattern, &both)));
                }
                Ok(())
            }
            Ast::Flags(set) => known_flags(self.pattern, &set.flags.span),
            Ast::Group(group) => match group.flags() {
                Some(flags) if !part(self.pattern, &flags.span).eq("-u") => known_flags(self.pattern, &flags.span),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

/// Go has the flags `i`, `m`, `s` and `U`.
fn known_flags(pattern: &str, span: &Span) -> Result<(), String> {
    match part(pattern, span).chars().find(|c| !"imsU-".contains(*c)) {
        None => Ok(()),
        Some(_) => {
            let open = pattern[..span.start.offset].rfind("(?").unwrap_or(span.start.offset);
            Err(format!("invalid or unsupported Perl syntax: `{}`", &pattern[open..span.end.offset]))
        }
    }
}

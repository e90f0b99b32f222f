//! Patterns of foreign schemas: Go's regular expressions, spelled so that the validator reads them in no other way.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};

use crate::pattern::{MAX_REPEAT, translate};

/// Bytes of a pattern, and of the same with every class of characters written out.
const MAX_LENGTH: usize = 16 * 1024;
const MAX_WRITTEN: usize = 256 * 1024;

/// Groups inside groups.
const MAX_NESTING: u32 = 250;

/// The pattern with its meaning in Go, for a validator that expects ECMA's.
///
/// # Errors
/// Why Go would not take it.
pub(super) fn portable(pattern: &str) -> Result<String, String> {
    if pattern.len() > MAX_LENGTH {
        return Err(format!("it is longer than {MAX_LENGTH} bytes"));
    }
    let rust = translate(pattern)?;
    let hir = ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(&rust).map_err(|error| match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it is no regular expression".to_owned(),
    })?;
    if !repeats_fit(&hir, MAX_REPEAT) {
        return Err(format!("its repetitions multiply to more than {MAX_REPEAT}"));
    }
    let mut text = String::new();
    write(&hir, &mut text);
    if text.len() > MAX_WRITTEN { Err("its classes of characters are too many".to_owned()) } else { Ok(text) }
}

/// Go bounds the product of counts inside counts.
fn repeats_fit(hir: &Hir, left: u32) -> bool {
    match hir.kind() {
        HirKind::Repetition(repetition) => match repetition.max.unwrap_or(repetition.min) {
            0 => repeats_fit(&repetition.sub, left),
            count if count > left => false,
            count => repeats_fit(&repetition.sub, left / count),
        },
        HirKind::Capture(capture) => repeats_fit(&capture.sub, left),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(|part| repeats_fit(part, left)),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) | HirKind::Look(_) => true,
    }
}

fn write(hir: &Hir, out: &mut String) {
    if out.len() > MAX_WRITTEN {
        return;
    }
    match hir.kind() {
        HirKind::Empty => out.push_str("(?:)"),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().for_each(|c| character(c, out)),
        HirKind::Class(Class::Unicode(class)) => {
            ranges(class.ranges().iter().map(|range| (range.start(), range.end())), out);
        }
        HirKind::Class(Class::Bytes(class)) => {
            ranges(class.ranges().iter().map(|range| (char::from(range.start()), char::from(range.end()))), out);
        }
        HirKind::Look(look) => out.push_str(match look {
            Look::Start => "^",
            Look::End => "$",
            Look::StartLF | Look::StartCRLF => "(?m:^)",
            Look::EndLF | Look::EndCRLF => "(?m:$)",
            Look::WordAsciiNegate | Look::WordUnicodeNegate => r"(?-u:\B)",
            _ => r"(?-u:\b)",
        }),
        HirKind::Repetition(repetition) => {
            group(std::slice::from_ref(&*repetition.sub), "", out);
            match (repetition.min, repetition.max) {
                (0, None) => out.push('*'),
                (1, None) => out.push('+'),
                (0, Some(1)) => out.push('?'),
                (min, None) => out.push_str(&format!("{{{min},}}")),
                (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
            }
            if !repetition.greedy {
                out.push('?');
            }
        }
        HirKind::Capture(capture) => group(std::slice::from_ref(&*capture.sub), "", out),
        HirKind::Concat(parts) => parts.iter().for_each(|part| write(part, out)),
        HirKind::Alternation(parts) => group(parts, "|", out),
    }
}

fn group(parts: &[Hir], separator: &str, out: &mut String) {
    // A lone character or class needs no group, and without one the validator knows simple patterns.
    if let [one] = parts {
        let single = match one.kind() {
            HirKind::Class(_) => true,
            HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().nth(1).is_none(),
            _ => false,
        };
        if single {
            return write(one, out);
        }
    }
    out.push_str("(?:");
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.push_str(separator);
        }
        write(part, out);
    }
    out.push(')');
}

fn ranges(ranges: impl Iterator<Item = (char, char)>, out: &mut String) {
    let start = out.len();
    out.push('[');
    for (low, high) in ranges {
        character(low, out);
        if low != high {
            out.push('-');
            character(high, out);
        }
    }
    if out.len() == start + 1 {
        out.push_str("^\\x00-\u{10ffff}");
    }
    out.push(']');
}

fn character(c: char, out: &mut String) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{:02x}", u32::from(c)));
    } else {
        out.push(c);
    }
}

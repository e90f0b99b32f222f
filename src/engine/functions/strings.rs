//! Text.

use minijinja::value::Value;
use minijinja::{Error, State};

use super::{Arguments, Function};
use crate::engine::print;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("quote", quote, "text in double quotes, with escapes", "\"a\" | quote → \"a\""),
    Function::new("squote", squote, "text in single quotes", "\"a\" | squote → 'a'"),
    Function::new("indent", indent, "every line indented", "\"a\" | indent(2) → \"  a\""),
    Function::new("nindent", nindent, "a line break, then every line indented", "\"a\" | nindent(2) → \"\\n  a\""),
    Function::new("trim", trim, "without white space at both ends", "\" a \" | trim → a"),
    Function::new("trimAll", trim_all, "without these characters at both ends", "\"-a-\" | trimAll(\"-\") → a"),
    Function::new("trimSuffix", trim_suffix, "without this ending", "\"a-\" | trimSuffix(\"-\") → a"),
    Function::new("trimPrefix", trim_prefix, "without this beginning", "\"-a\" | trimPrefix(\"-\") → a"),
    Function::new("trunc", trunc, "the first bytes; negative: the last", "\"abc\" | trunc(2) → ab"),
    Function::new("replace", replace, "with every occurrence replaced", "\"a.b\" | replace(\".\", \"-\") → a-b"),
    Function::new("repeat", repeat, "several times in a row", "\"a\" | repeat(3) → aaa"),
    Function::new(
        "contains",
        contains,
        "whether the last argument contains the first",
        "\"abc\" | contains(\"b\") → true",
    ),
    Function::new(
        "hasPrefix",
        has_prefix,
        "whether the last argument begins with the first",
        "\"abc\" | hasPrefix(\"a\") → true",
    ),
    Function::new(
        "hasSuffix",
        has_suffix,
        "whether the last argument ends with the first",
        "\"abc\" | hasSuffix(\"c\") → true",
    ),
    Function::new("nospace", nospace, "without any white space", "\"a b\" | nospace → ab"),
    Function::new("substr", substr, "the bytes from one position to another", "substr(1, 3, \"hello\") → el"),
    Function::new("abbrev", abbrev, "cut to a width, with an ellipsis", "abbrev(5, \"hello world\") → he..."),
    Function::new(
        "abbrevboth",
        abbrev_both,
        "cut at both sides to a width, with ellipses",
        "abbrevboth(5, 10, \"1234 5678 9123\") → ...5678...",
    ),
    Function::new("wrap", wrap, "lines of at most so many bytes", "wrap(5, \"hello world\") → \"hello\\nworld\""),
    Function::new(
        "wrapWith",
        wrap_with,
        "lines of at most so many bytes with another line break, long words cut",
        "wrapWith(5, \"|\", \"hello world\") → hello|world",
    ),
    Function::new("plural", plural, "the first text for one, else the second", "plural(\"day\", \"days\", 2) → days"),
    Function::new("cat", cat, "what is there, with spaces between", "cat(\"a\", none, 1) → a 1"),
    Function::new("hello", hello, "a greeting", "hello() → Hello!"),
    Function::new("trimall", trim_all, "the old name of trimAll", "\"-a-\" | trimall(\"-\") → a"),
];

/// The longest text that a function makes.
const MAX_TEXT: usize = 8 * 1024 * 1024;

fn join_present(arguments: &Arguments<'_>, each: impl Fn(&str) -> String) -> Value {
    let present = arguments.all().iter().filter(|value| !value.is_none());
    Value::from(present.map(|value| each(&print::print(value))).collect::<Vec<_>>().join(" "))
}

fn quote(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(join_present(arguments, print::quote))
}

fn squote(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(join_present(arguments, |text| format!("'{text}'")))
}

fn negative(arguments: &Arguments<'_>) -> Error {
    arguments.error("got a negative count (strings: negative Repeat count)")
}

/// The deepest indentation.
const MAX_INDENT: usize = 1000;

fn indented(arguments: &Arguments<'_>) -> Result<String, Error> {
    arguments.count(2..=2)?;
    let (width, text) = (arguments.integer(0)?, arguments.text(1)?);
    let width = usize::try_from(width).map_err(|_| negative(arguments))?;
    if width > MAX_INDENT {
        return Err(arguments.error(format_args!("indents by at most {MAX_INDENT}")));
    }
    let pad = " ".repeat(width);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

fn indent(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    indented(arguments).map(Value::from)
}

fn nindent(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(Value::from(format!("\n{}", indented(arguments)?)))
}

fn trim(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(arguments.text(0)?.trim()))
}

fn trim_all(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (cut, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(Value::from(text.trim_matches(|c| cut.contains(c))))
}

fn trim_suffix(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (suffix, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(Value::from(text.strip_suffix(&*suffix).unwrap_or(&text)))
}

fn trim_prefix(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (prefix, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(Value::from(text.strip_prefix(&*prefix).unwrap_or(&text)))
}

/// Text from bytes that a cut may have left in the middle of a character: each stray byte becomes U+FFFD.
fn lossy(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    out
}

/// Counts bytes, as sprig does.
fn trunc(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (count, text) = (arguments.integer(0)?, arguments.text(1)?);
    let bytes = text.as_bytes();
    let length = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    let kept = if length >= bytes.len() {
        bytes
    } else if count < 0 {
        &bytes[bytes.len() - length..]
    } else {
        &bytes[..length]
    };
    Ok(Value::from(lossy(kept)))
}

/// A negative start is the beginning, a negative or too large end the end; what else is outside is refused.
fn substr(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (start, end, text) = (arguments.integer(0)?, arguments.integer(1)?, arguments.text(2)?);
    let bytes = text.as_bytes();
    let range = match (usize::try_from(start), usize::try_from(end)) {
        (Err(_), Ok(end)) => bytes.get(..end),
        (Err(_), Err(_)) => None,
        (Ok(start), Err(_)) => bytes.get(start..),
        (Ok(start), Ok(end)) if end > bytes.len() => bytes.get(start..),
        (Ok(start), Ok(end)) => bytes.get(start..end),
    };
    let outside = || arguments.error(format_args!("slice bounds out of range: {start} to {end} of {}", bytes.len()));
    Ok(Value::from(lossy(range.ok_or_else(outside)?)))
}

fn nospace(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(arguments.text(0)?.split_whitespace().collect::<String>()))
}

/// The shortest abbreviation: one byte and the ellipsis; with an ellipsis at both sides one more.
const SHORTEST: i64 = 4;
const SHORTEST_BOTH: i64 = 7;
const ELLIPSIS: &str = "...";

/// `width` bytes of a text, from the byte `offset` on where that is worth an ellipsis.
fn abbreviated(text: &str, offset: usize, width: usize) -> String {
    let bytes = text.as_bytes();
    if bytes.len() <= width {
        return text.to_owned();
    }
    let kept = width - ELLIPSIS.len();
    let offset = offset.min(bytes.len()).min(bytes.len().saturating_sub(kept).max(offset.min(bytes.len() - kept)));
    if offset <= 4 {
        return format!("{}{ELLIPSIS}", lossy(&bytes[..kept]));
    }
    if offset + kept < bytes.len() {
        let inner = kept - ELLIPSIS.len();
        return format!("{ELLIPSIS}{}{ELLIPSIS}", lossy(&bytes[offset..offset + inner]));
    }
    format!("{ELLIPSIS}{}", lossy(&bytes[bytes.len() - kept..]))
}

fn abbrev(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (width, text) = (arguments.integer(0)?, arguments.text(1)?);
    let cut = usize::try_from(width).ok().filter(|_| width >= SHORTEST);
    Ok(Value::from(cut.map_or_else(|| text.to_string(), |width| abbreviated(&text, 0, width))))
}

fn abbrev_both(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (offset, width, text) = (arguments.integer(0)?, arguments.integer(1)?, arguments.text(2)?);
    let enough = width >= if offset > 0 { SHORTEST_BOTH } else { SHORTEST };
    let (Ok(offset), Ok(width), true) = (usize::try_from(offset.max(0)), usize::try_from(width), enough) else {
        return Ok(Value::from(&*text));
    };
    Ok(Value::from(abbreviated(&text, offset, width)))
}

/// Breaks a text at spaces so that lines have at most `width` bytes. A longer word stays whole, or is cut.
fn wrapped(text: &str, width: i64, newline: &str, cut_words: bool) -> String {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0;
    while bytes.len() - at > width {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        let end = match bytes[at..=at + width].iter().rposition(|byte| *byte == b' ') {
            Some(space) => at + space,
            None if cut_words => at + width,
            None => match bytes[at + width..].iter().position(|byte| *byte == b' ') {
                Some(space) => at + width + space,
                None => break,
            },
        };
        out.extend_from_slice(&bytes[at..end]);
        out.extend_from_slice(newline.as_bytes());
        at = if bytes[end] == b' ' { end + 1 } else { end };
    }
    out.extend_from_slice(&bytes[at..]);
    lossy(&out)
}

fn wrap(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(wrapped(&arguments.text(1)?, arguments.integer(0)?, "\n", false)))
}

fn wrap_with(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (width, newline, text) = (arguments.integer(0)?, arguments.text(1)?, arguments.text(2)?);
    let newline = if newline.is_empty() { "\n" } else { &*newline };
    if newline.len().saturating_mul(text.len()) > MAX_TEXT {
        return Err(arguments.error(format_args!("makes at most {MAX_TEXT} bytes")));
    }
    Ok(Value::from(wrapped(&text, width, newline, true)))
}

fn plural(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (one, many, count) = (arguments.text(0)?, arguments.text(1)?, arguments.integer(2)?);
    Ok(Value::from(&*if count == 1 { one } else { many }))
}

fn cat(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    Ok(join_present(arguments, str::to_owned))
}

fn hello(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(0..=0)?;
    Ok(Value::from("Hello!"))
}

fn replace(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (old, new, text) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    Ok(Value::from(text.replace(&*old, &new)))
}

fn repeat(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (count, text) = (arguments.integer(0)?, arguments.text(1)?);
    let count = usize::try_from(count).map_err(|_| negative(arguments))?;
    if text.len().saturating_mul(count) > MAX_TEXT {
        return Err(arguments.error(format_args!("makes at most {MAX_TEXT} bytes")));
    }
    Ok(Value::from(text.repeat(count)))
}

fn contains(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(arguments.text(1)?.contains(&*arguments.text(0)?)))
}

fn has_prefix(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(arguments.text(1)?.starts_with(&*arguments.text(0)?)))
}

fn has_suffix(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    Ok(Value::from(arguments.text(1)?.ends_with(&*arguments.text(0)?)))
}

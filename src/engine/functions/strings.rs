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
    Function::new("upper", upper, "in capitals", "\"a\" | upper → A"),
    Function::new("lower", lower, "in small letters", "\"A\" | lower → a"),
    Function::new("title", title, "with the first letter of each word in capitals", "\"a b\" | title → A B"),
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
    Function::new("toString", to_string, "any value as text", "toString(true) → true"),
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

fn indented(arguments: &Arguments<'_>) -> Result<String, Error> {
    arguments.count(2..=2)?;
    let (width, text) = (arguments.integer(0)?, arguments.printed(1)?);
    let Some(width) = usize::try_from(width).ok().filter(|width| *width <= 1000) else {
        return Err(arguments.error("expects a width between 0 and 1000"));
    };
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

/// Counts bytes, as sprig does; a cut character becomes U+FFFD instead of broken text.
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
    Ok(Value::from(String::from_utf8_lossy(kept)))
}

fn upper(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(arguments.text(0)?.to_uppercase()))
}

fn lower(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(arguments.text(0)?.to_lowercase()))
}

fn title(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut out = String::new();
    let mut start = true;
    for c in arguments.text(0)?.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = c.is_whitespace();
    }
    Ok(Value::from(out))
}

fn replace(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (old, new, text) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    Ok(Value::from(text.replace(&*old, &new)))
}

fn repeat(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (count, text) = (arguments.integer(0)?, arguments.text(1)?);
    let count = usize::try_from(count).map_err(|_| arguments.error("expects a count that is not negative"))?;
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

fn to_string(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(print::print(arguments.value(0)?)))
}

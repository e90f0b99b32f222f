//! Regular expressions in Go's syntax (RE2): translated to the `regex` crate, whose classes nest and know Unicode, with
//! Go's words for what does not parse. Matching takes linear time.

use minijinja::value::Value;
use minijinja::{Error, State};
use regex::{Captures, Regex, RegexBuilder};

use super::{Arguments, Function};
use crate::pattern;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("regexMatch", is_match, "whether a pattern matches somewhere", "regexMatch(\"^a\", \"abc\") → true"),
    Function::new(
        "mustRegexMatch",
        must_match,
        "regexMatch that refuses bad patterns",
        "mustRegexMatch(\"^a\", \"abc\") → true",
    ),
    Function::new("regexFind", find, "the first match, or nothing", "regexFind(\"[0-9]+\", \"a12\") → 12"),
    Function::new("mustRegexFind", find, "the same as regexFind", "mustRegexFind(\"[0-9]+\", \"a12\") → 12"),
    Function::new(
        "regexFindAll",
        find_all,
        "the first matches; -1 for all",
        "regexFindAll(\"[0-9]\", \"a1b2\", -1) → [1 2]",
    ),
    Function::new(
        "mustRegexFindAll",
        find_all,
        "the same as regexFindAll",
        "mustRegexFindAll(\"[0-9]\", \"a1b2\", 1) → [1]",
    ),
    Function::new(
        "regexReplaceAll",
        replace,
        "matches replaced; `${1}` is a group",
        "regexReplaceAll(\"a(.)\", \"ab\", \"${1}\") → b",
    ),
    Function::new(
        "mustRegexReplaceAll",
        replace,
        "the same as regexReplaceAll",
        "mustRegexReplaceAll(\"a\", \"ab\", \"x\") → xb",
    ),
    Function::new(
        "regexReplaceAllLiteral",
        replace_literal,
        "matches replaced by text as it stands",
        "regexReplaceAllLiteral(\"a\", \"ab\", \"$1\") → $1b",
    ),
    Function::new(
        "mustRegexReplaceAllLiteral",
        replace_literal,
        "the same as regexReplaceAllLiteral",
        "mustRegexReplaceAllLiteral(\"a\", \"ab\", \"$1\") → $1b",
    ),
    Function::new(
        "regexSplit",
        split,
        "the parts between matches; -1 for all",
        "regexSplit(\",\", \"a,b\", -1) → [a b]",
    ),
    Function::new("mustRegexSplit", split, "the same as regexSplit", "mustRegexSplit(\",\", \"a,b\", -1) → [a b]"),
    Function::new("regexQuoteMeta", quote_meta, "text as a pattern for itself", "regexQuoteMeta(\"1.2\") → 1\\.2"),
];

/// The memory of one compiled pattern, in bytes.
const MAX_PATTERN: usize = 2 * 1024 * 1024;
/// The longest result of a replacement, in bytes.
const MAX_TEXT: usize = 8 * 1024 * 1024;

fn compile(arguments: &Arguments<'_>, text: &str) -> Result<Regex, Error> {
    let refuse = |words: String| arguments.error(format_args!("cannot use the pattern: error parsing regexp: {words}"));
    let translated = pattern::translate(text).map_err(refuse)?;
    RegexBuilder::new(&translated)
        .size_limit(MAX_PATTERN)
        .build()
        .map_err(|_| arguments.error(format_args!("cannot use the pattern `{text}`: it is too large")))
}

/// A pattern that does not parse matches nothing.
fn is_match(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (pattern, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(Value::from(compile(arguments, &pattern).is_ok_and(|regex| regex.is_match(&text))))
}

fn must_match(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (pattern, text) = (arguments.text(0)?, arguments.text(1)?);
    Ok(Value::from(compile(arguments, &pattern)?.is_match(&text)))
}

fn find(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (pattern, text) = (arguments.text(0)?, arguments.text(1)?);
    let regex = compile(arguments, &pattern)?;
    Ok(Value::from(regex.find(&text).map_or("", |found| found.as_str())))
}

/// How many, of a count where a negative one means all.
fn limit(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn find_all(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (pattern, text, count) = (arguments.text(0)?, arguments.text(1)?, arguments.integer(2)?);
    let regex = compile(arguments, &pattern)?;
    Ok(regex.find_iter(&text).take(limit(count)).map(|found| Value::from(found.as_str())).collect())
}

fn replaced(arguments: &Arguments<'_>, write: impl Fn(&Captures<'_>, &str, &mut String)) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (pattern, text, replacement) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    let regex = compile(arguments, &pattern)?;
    let mut out = String::new();
    let mut end = 0;
    for captures in regex.captures_iter(&text) {
        let range = captures.get_match().range();
        out.push_str(&text[end..range.start]);
        write(&captures, &replacement, &mut out);
        end = range.end;
        if out.len() > MAX_TEXT {
            return Err(arguments.error(format_args!("makes at most {MAX_TEXT} bytes")));
        }
    }
    out.push_str(&text[end..]);
    Ok(Value::from(out))
}

fn replace(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    replaced(arguments, expand)
}

fn replace_literal(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    replaced(arguments, |_, replacement, out| out.push_str(replacement))
}

/// Writes a replacement with `$1`, `$name`, `${name}` and `$$`; a name takes every letter, digit and `_` that follows,
/// and a group that is not there is empty.
fn expand(captures: &Captures<'_>, mut replacement: &str, out: &mut String) {
    while let Some((before, after)) = replacement.split_once('$') {
        out.push_str(before);
        replacement = after;
        if let Some(rest) = after.strip_prefix('$') {
            out.push('$');
            replacement = rest;
            continue;
        }
        let (braces, body) = after.strip_prefix('{').map_or((false, after), |body| (true, body));
        let length = body.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(body.len());
        let (name, rest) = body.split_at(length);
        let rest = if braces { rest.strip_prefix('}') } else { Some(rest) };
        match rest {
            Some(rest) if !name.is_empty() => {
                let plain = name.len() == 1 || !name.starts_with('0');
                let number = name.parse::<usize>().ok().filter(|_| plain);
                let group = match number {
                    Some(index) => captures.get(index),
                    None => captures.name(name),
                };
                out.push_str(group.map_or("", |found| found.as_str()));
                replacement = rest;
            }
            _ => out.push('$'),
        }
    }
    out.push_str(replacement);
}

fn split(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    let (pattern, text, count) = (arguments.text(0)?, arguments.text(1)?, limit(arguments.integer(2)?));
    let regex = compile(arguments, &pattern)?;
    if count == 0 {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    if text.is_empty() && !pattern.is_empty() {
        return Ok(Value::from(vec![""]));
    }
    let mut parts: Vec<&str> = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for found in regex.find_iter(&text).take(count) {
        if parts.len() == count - 1 {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(&text[begin..end]);
        }
        begin = found.end();
    }
    if end != text.len() {
        parts.push(&text[begin..]);
    }
    Ok(parts.into_iter().map(Value::from).collect())
}

fn quote_meta(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let mut out = String::new();
    for c in arguments.text(0)?.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    Ok(Value::from(out))
}

//! Escaping for HTML, JavaScript and URLs: functions of Go's templates.

use std::fmt::Write as _;

use minijinja::value::Value;
use minijinja::{Error, State};

use super::printf::sprint;
use super::{Arguments, Function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("html", html, "escaped for HTML", "html(\"a<b\") → a&lt;b"),
    Function::new("js", js, "escaped for JavaScript", "js(\"a'b\") → a\\'b"),
    Function::new("urlquery", urlquery, "escaped for the query of a URL", "urlquery(\"a b\") → a+b"),
];

/// The arguments as one text; what is none stands as `<no value>`.
fn printed(arguments: &Arguments<'_>) -> String {
    match arguments.all() {
        [only] if only.is_none() => "<no value>".to_owned(),
        all => sprint(all),
    }
}

fn html(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    for c in printed(arguments).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '\0' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Ok(Value::from(out))
}

fn js(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    for c in printed(arguments).chars() {
        match c {
            '\\' | '\'' | '"' => out.extend(['\\', c]),
            '<' | '>' | '&' | '=' | '\u{2028}' | '\u{2029}' | '\0'..='\x1f' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    Ok(Value::from(out))
}

fn urlquery(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    let mut out = String::new();
    for byte in printed(arguments).bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte => drop(write!(out, "%{byte:02X}")),
        }
    }
    Ok(Value::from(out))
}

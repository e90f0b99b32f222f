//! How values print: Go's `%v` and `%q`, and what counts as empty.

use std::fmt::Write as _;

use minijinja::value::{Value, ValueKind};

/// A value as Go's `%v` prints it; none is `<nil>`.
///
/// What is too long for all output, or has more values in it than a template may take steps, comes out longer than all
/// output may be, and is refused for that.
pub(super) fn print(value: &Value) -> String {
    let mut out = String::new();
    let mut left = super::FUEL;
    write(&mut out, value, &mut left);
    if left == 0 && out.len() <= super::MAX_OUTPUT {
        out.push_str(&" ".repeat(super::MAX_OUTPUT + 1 - out.len()));
    }
    out
}

fn write(out: &mut String, value: &Value, left: &mut u64) {
    // A list that holds itself twice, sixty levels deep, would never end.
    *left = left.saturating_sub(1);
    if out.len() > super::MAX_OUTPUT || *left == 0 {
        return;
    }
    match value.kind() {
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::None | ValueKind::Undefined => out.push_str("<nil>"),
        ValueKind::Number => match float(value) {
            Some(number) if number.is_infinite() => out.push_str(if number > 0.0 { "+Inf" } else { "-Inf" }),
            Some(number) => out.push_str(&crate::yaml::shortest(number)),
            // Writing to a String cannot fail.
            None => drop(write!(out, "{value}")),
        },
        ValueKind::Bytes => {
            let bytes: Vec<String> = value.as_bytes().unwrap_or_default().iter().map(u8::to_string).collect();
            let _ = write!(out, "[{}]", bytes.join(" "));
        }
        ValueKind::Seq | ValueKind::Iterable => {
            out.push('[');
            for (index, item) in value.try_iter().into_iter().flatten().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                write(out, &item, left);
            }
            out.push(']');
        }
        ValueKind::Map => {
            out.push_str("map[");
            for (index, (key, item)) in entries(value).into_iter().enumerate() {
                if index > 0 {
                    out.push(' ');
                }
                out.push_str(&key);
                out.push(':');
                write(out, &item, left);
            }
            out.push(']');
        }
        // An object's alternate form is Go's `%v`; the plain one is what JSON and YAML get.
        _ => drop(match value.as_object() {
            Some(object) => write!(out, "{object:#}"),
            None => write!(out, "{value}"),
        }),
    }
}

/// A map's entries, sorted by key as Go's templates walk them.
pub(super) fn entries(map: &Value) -> Vec<(String, Value)> {
    let keys = map.try_iter().into_iter().flatten();
    let mut list: Vec<(String, Value)> =
        keys.map(|key| (print(&key), map.get_item(&key).unwrap_or(Value::UNDEFINED))).collect();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

/// The number, when it is one that is not an integer.
fn float(value: &Value) -> Option<f64> {
    if value.is_integer() { None } else { f64::try_from(value.clone()).ok() }
}

/// Whether Helm takes the value for empty: false, 0, "", none, nothing in it, or not there at all.
pub(super) fn is_empty(value: &Value) -> bool {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => true,
        ValueKind::Number => f64::try_from(value.clone()).is_ok_and(|number| number == 0.0),
        _ => !value.is_true(),
    }
}

/// Text as Go's `%q` quotes it.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if (c as u32) < 0x20 || c as u32 == 0x7f => drop(write!(out, "\\x{:02x}", c as u32)),
            c if invisible(c) && (c as u32) < 0x1_0000 => drop(write!(out, "\\u{:04x}", c as u32)),
            c if invisible(c) => drop(write!(out, "\\U{:08x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Characters that Go does not print: controls, spaces other than the ASCII one, format and private characters.
fn invisible(c: char) -> bool {
    c != ' ' && (c.is_control() || c.is_whitespace())
        || matches!(c as u32, 0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e
            | 0x2060..=0x206f | 0xfeff | 0xfff9..=0xfffb | 0xe000..=0xf8ff | 0xf0000..=0x10_ffff)
}

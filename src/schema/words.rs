//! JSON in words: kinds, lists of choices, values on one line.

use jsonschema::error::TypeKind;
use serde_json::Value as Json;

/// The longest text that a message repeats whole.
const LONGEST: usize = 60;

/// A value as a message shows it; collections by their kind.
pub(super) fn show(value: &Json) -> String {
    match value {
        Json::Object(_) => "an object".to_owned(),
        Json::Array(_) => "a list".to_owned(),
        Json::String(text) => {
            let shown: String = cut(text, LONGEST).chars().flat_map(on_one_line).collect();
            format!("`{shown}`")
        }
        other => format!("`{other}`"),
    }
}

/// The longest pattern that a message repeats whole.
pub(super) const LONGEST_PATTERN: usize = 300;

/// A text of at most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if text.chars().nth(most).is_some() {
        shown.push_str("...");
    }
    shown
}

fn on_one_line(c: char) -> Box<dyn Iterator<Item = char>> {
    if c.is_control() { Box::new(c.escape_default()) } else { Box::new(std::iter::once(c)) }
}

/// A value without quotes, for comparison with other words.
pub(super) fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What a value is, before the value itself: ``the integer `5` ``.
pub(super) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Bool(_) => "the boolean",
        Json::Number(number) if number.is_f64() => "the number",
        Json::Number(_) => "the integer",
        Json::String(_) => "text",
        Json::Null | Json::Array(_) | Json::Object(_) => "",
    }
}

/// The JSON types that a schema allows. Null only says that a value may be left out, so it is named when nothing else is.
pub(super) fn type_names(kind: &TypeKind) -> Vec<&'static str> {
    let names = match kind {
        TypeKind::Single(one) => vec![type_name(one.as_str())],
        TypeKind::Multiple(set) => set.iter().map(|one| type_name(one.as_str())).collect(),
    };
    if names == ["null"] { names } else { names.into_iter().filter(|name| *name != "null").collect() }
}

fn type_name(json_type: &str) -> &'static str {
    match json_type {
        "boolean" => "true or false",
        "integer" => "an integer",
        "number" => "a number",
        "string" => "text",
        "array" => "a list",
        "object" => "an object",
        _ => "null",
    }
}

/// `a`, `a or b`, `a, b or c`.
pub(super) fn either<T: AsRef<str>>(words: &[T]) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [rest @ .., last] => {
            let rest: Vec<&str> = rest.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", rest.join(", "), last.as_ref())
        }
    }
}

/// `1 item`, `2 items`.
pub(super) fn count(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

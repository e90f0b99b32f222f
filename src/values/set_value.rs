//! What stands after the `=` of `--set` and its sisters: text with types, JSON, or nothing at all.

use crate::diagnostic::{Diagnostic, Span};
use crate::yaml::{Node, Value};

/// `--set` knows booleans, null and base-10 integers without a leading zero; everything else is text.
pub(super) fn typed(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" => return Value::Null,
        "0" => return Value::Int(0),
        _ => {}
    }
    if text.starts_with('0') {
        return Value::String(text.to_owned());
    }
    text.parse().map_or_else(|_| Value::String(text.to_owned()), Value::Int)
}

/// The JSON value at the start of `text`, and its length in bytes.
///
/// # Errors
/// When there is none; `span` is the place of `text`.
pub(super) fn json(text: &str, span: Span) -> Result<(Node, usize), Box<Diagnostic>> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>();
    let json = match stream.next() {
        Some(Ok(json)) => json,
        Some(Err(error)) => return Err(json_error(&error, span)),
        None => serde_json::Value::Null,
    };
    let length = stream.byte_offset();
    Ok((Node::from_json(json, span), length))
}

/// A whole argument that is one JSON object.
///
/// # Errors
/// When it is not.
pub(super) fn json_object(text: &str, span: Span) -> Result<Node, Box<Diagnostic>> {
    let json: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(text).map_err(|error| json_error(&error, span))?;
    Ok(Node::from_json(json.into(), span))
}

fn json_error(error: &serde_json::Error, span: Span) -> Box<Diagnostic> {
    let message = format!("not valid JSON at column {}", error.column());
    Box::new(Diagnostic::error(message).at(span, "").help("text needs double quotes: `name=\"value\"`"))
}

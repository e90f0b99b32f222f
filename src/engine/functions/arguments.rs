//! Typed access to the arguments of a template function, with errors that say what was expected and found.

use std::sync::Arc;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use crate::engine::print;

/// The arguments of one call, in Helm's order.
pub(in crate::engine) struct Arguments<'a> {
    function: &'static str,
    values: &'a [Value],
}

impl<'a> Arguments<'a> {
    pub(super) fn new(function: &'static str, values: &'a [Value]) -> Self {
        Self { function, values }
    }

    /// The function's name.
    pub(super) fn function(&self) -> &'static str {
        self.function
    }

    pub(super) fn all(&self) -> &'a [Value] {
        self.values
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// An error that names the function.
    pub(super) fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::new(ErrorKind::InvalidOperation, format!("`{}` {message}", self.function))
    }

    /// Demands a number of arguments.
    pub(super) fn count(&self, allowed: std::ops::RangeInclusive<usize>) -> Result<(), Error> {
        if allowed.contains(&self.values.len()) {
            return Ok(());
        }
        let (low, high) = (allowed.start(), allowed.end());
        let wanted = match (low, high) {
            (low, high) if low == high => format!("{low} argument{}", if *low == 1 { "" } else { "s" }),
            (low, &usize::MAX) => format!("at least {low} arguments"),
            (low, high) => format!("{low} to {high} arguments"),
        };
        Err(self.error(format_args!("takes {wanted}, found {}", self.values.len())))
    }

    pub(super) fn value(&self, index: usize) -> Result<&'a Value, Error> {
        self.values
            .get(index)
            .ok_or_else(|| self.error(format_args!("needs argument {}, found {} in all", index + 1, self.values.len())))
    }

    fn mismatch(&self, index: usize, wanted: &str, found: &Value) -> Error {
        self.error(format_args!("expects {wanted} as argument {}, found {}", index + 1, kind(found)))
    }

    /// Text; numbers and booleans are no text.
    pub(super) fn text(&self, index: usize) -> Result<Arc<str>, Error> {
        let value = self.value(index)?;
        value.to_str().ok_or_else(|| self.mismatch(index, "a string", value))
    }

    pub(super) fn integer(&self, index: usize) -> Result<i64, Error> {
        let value = self.value(index)?;
        let number = value.as_i64().filter(|_| value.kind() == ValueKind::Number);
        number.ok_or_else(|| self.mismatch(index, "an integer", value))
    }

    pub(super) fn list(&self, index: usize) -> Result<Vec<Value>, Error> {
        let value = self.value(index)?;
        match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => Ok(value.try_iter()?.collect()),
            _ => Err(self.mismatch(index, "a list", value)),
        }
    }

    pub(super) fn map(&self, index: usize) -> Result<Vec<(String, Value)>, Error> {
        let value = self.value(index)?;
        match value.kind() {
            ValueKind::Map => Ok(print::entries(value)),
            _ => Err(self.mismatch(index, "a map", value)),
        }
    }

    /// Bytes of a string or of binary data.
    pub(super) fn bytes(&self, index: usize) -> Result<Vec<u8>, Error> {
        let value = self.value(index)?;
        match value.as_bytes() {
            Some(bytes) => Ok(bytes.to_vec()),
            None => Err(self.mismatch(index, "a string", value)),
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value.kind() {
        ValueKind::Undefined => "nothing",
        ValueKind::None => "null",
        ValueKind::Bool => "a boolean",
        ValueKind::Number => "a number",
        ValueKind::String => "a string",
        ValueKind::Bytes => "bytes",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a map",
        _ => "something else",
    }
}

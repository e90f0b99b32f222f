//! Durations as Go writes and reads them: `1h15m30.5s`. They count nanoseconds.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};

use super::Arguments;

pub(super) const SECOND: i64 = 1_000_000_000;
const UNITS: [(&str, i64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", SECOND),
    ("m", 60 * SECOND),
    ("h", 3600 * SECOND),
];

/// A span of time in nanoseconds; prints as Go prints it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration(pub(super) i64);

/// In quotes as Go's package for time puts it: every byte that is no ASCII as a number.
fn quoted(text: &str) -> String {
    let quoted = text.bytes().map(|byte| match byte {
        b'"' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    });
    format!("\"{}\"", quoted.collect::<String>())
}

impl Duration {
    /// Reads `1h15m30.5s`.
    ///
    /// # Errors
    /// In Go's words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let invalid = || format!("time: invalid duration {}", quoted(text));
        let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
            Some(rest) => (text.starts_with('-'), rest),
            None => (false, text),
        };
        if rest == "0" {
            return Ok(Self(0));
        }
        if rest.is_empty() {
            return Err(invalid());
        }
        let mut total = 0i128;
        while !rest.is_empty() {
            let (whole, after) = split_digits(rest);
            let (fraction, after) = match after.strip_prefix('.') {
                Some(after) => split_digits(after),
                None => ("", after),
            };
            if whole.is_empty() && fraction.is_empty() {
                return Err(invalid());
            }
            let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
            let (unit, left) = after.split_at(end);
            if unit.is_empty() {
                return Err(format!("time: missing unit in duration {}", quoted(text)));
            }
            let (_, size) = (UNITS.iter().find(|(name, _)| *name == unit))
                .ok_or_else(|| format!("time: unknown unit {} in duration {}", quoted(unit), quoted(text)))?;
            let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| invalid())? };
            // More digits than nanoseconds of an hour have are of no effect.
            let digits = &fraction[..fraction.len().min(18)];
            let scale = 10i128.pow(u32::try_from(digits.len()).unwrap_or_default());
            let part: i64 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| invalid())? };
            total += i128::from(whole) * i128::from(*size) + i128::from(part) * i128::from(*size) / scale;
            if total > i128::from(i64::MAX) + i128::from(negative) {
                return Err(invalid());
            }
            rest = left;
        }
        i64::try_from(if negative { -total } else { total }).map(Self).map_err(|_| invalid())
    }

    /// To the nearest multiple, halves away from zero.
    pub(super) fn round(self, unit: i64) -> Self {
        if unit <= 0 {
            return self;
        }
        let (value, unit) = (i128::from(self.0), i128::from(unit));
        let rest = value % unit;
        let down = value - rest;
        let rounded = if rest.abs() * 2 >= unit { down + unit * rest.signum() } else { down };
        Self(i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX }))
    }

    /// As Go divides: the whole units and the rest, each as a float.
    #[expect(clippy::cast_precision_loss, reason = "Go's result has the same precision")]
    fn in_units(self, unit: i64) -> f64 {
        (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64
    }

    /// The largest unit that fits, as sprig's durationRound: `2h`, `3mo`.
    pub(super) fn rough(self) -> String {
        const DAY: u64 = 24 * 3600;
        let seconds = self.0.unsigned_abs();
        let sizes = [("y", 365 * DAY), ("mo", 30 * DAY), ("d", DAY), ("h", 3600), ("m", 60), ("s", 1)];
        let found = sizes.iter().find(|(_, size)| seconds > size * SECOND.unsigned_abs());
        found.map_or("0s".to_owned(), |(name, size)| format!("{}{name}", seconds / (size * SECOND.unsigned_abs())))
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// A number with what is left of it as a fraction, without zeros at its end.
fn decimal(out: &mut fmt::Formatter<'_>, value: u64, unit: u64) -> fmt::Result {
    let (whole, rest) = (value / unit, value % unit);
    let width = unit.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    let fraction = if rest == 0 { "" } else { fraction.trim_end_matches('0') };
    write!(out, "{whole}{}{fraction}", if fraction.is_empty() { "" } else { "." })
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.unsigned_abs();
        if value == 0 {
            return f.write_str("0s");
        }
        if self.0 < 0 {
            f.write_str("-")?;
        }
        let small = [("ns", 1), ("µs", 1_000), ("ms", 1_000_000)];
        if let Some((unit, size)) = small.iter().rev().find(|(_, size)| value < 1_000_000_000 && value >= *size) {
            decimal(f, value, *size)?;
            return f.write_str(unit);
        }
        let minutes = value / 60_000_000_000;
        if minutes >= 60 {
            write!(f, "{}h", minutes / 60)?;
        }
        if minutes > 0 {
            write!(f, "{}m", minutes % 60)?;
        }
        decimal(f, value % 60_000_000_000, 1_000_000_000)?;
        f.write_str("s")
    }
}

impl Object for Duration {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        self.0 != 0
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, values: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new("duration", values);
        arguments.count(if method == "Round" || method == "Truncate" { 1..=1 } else { 0..=0 })?;
        let in_units = |unit: i64| Value::from(self.in_units(unit));
        Ok(match method {
            "Hours" => in_units(3600 * SECOND),
            "Minutes" => in_units(60 * SECOND),
            "Seconds" => in_units(SECOND),
            "Milliseconds" => Value::from(self.0 / 1_000_000),
            "Microseconds" => Value::from(self.0 / 1_000),
            "Nanoseconds" => Value::from(self.0),
            "String" => Value::from(self.to_string()),
            "Abs" => Value::from_object(Self(self.0.saturating_abs())),
            "Round" => Value::from_object(self.round(nanoseconds(&arguments, 0)?)),
            "Truncate" => {
                let unit = nanoseconds(&arguments, 0)?;
                Value::from_object(Self(if unit <= 0 { self.0 } else { self.0 - self.0 % unit }))
            }
            _ => return Err(Error::from(ErrorKind::UnknownMethod)),
        })
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

/// A duration argument: one of these objects, or a number of nanoseconds.
pub(super) fn nanoseconds(arguments: &Arguments<'_>, index: usize) -> Result<i64, Error> {
    let given = arguments.value(index)?.downcast_object_ref::<Duration>().map(|duration| duration.0);
    given.map_or_else(|| arguments.integer(index), Ok)
}

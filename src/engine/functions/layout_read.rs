//! Reading a time that is written in one of Go's layouts, with Go's errors.

use jiff::civil::Date;
use jiff::tz::Offset as UtcOffset;

use super::layout::{Field, MONTHS, Offset, WEEKDAYS, split};
use super::time::Time;

/// What was read so far; unset where negative.
struct Reading {
    year: i64,
    month: i64,
    day: i64,
    year_day: i64,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: u32,
    afternoon: Option<bool>,
    is_utc: bool,
    offset: Option<i64>,
    zone: String,
}

/// Why a field cannot be read.
enum Problem {
    /// It does not look like one.
    Bad,
    /// It does, but nothing has this number.
    Range(&'static str),
}

type Step<'a, T> = Result<(T, &'a [u8]), Problem>;

/// Reads a time; one without a zone is in UTC.
///
/// # Errors
/// In Go's words.
pub(super) fn parse(layout: &str, text: &str) -> Result<Time, String> {
    let fail = |element: &[u8], value: &[u8]| {
        let quote = |bytes: &[u8]| quote(bytes);
        let (text, layout) = (quote(text.as_bytes()), quote(layout.as_bytes()));
        format!("parsing time {text} as {layout}: cannot parse {} as {}", quote(value), quote(element))
    };
    let fail_with = |message: &str| format!("parsing time {}: {message}", quote(text.as_bytes()));
    let mut reading = Reading {
        year: 0,
        month: -1,
        day: -1,
        year_day: -1,
        hour: 0,
        minute: 0,
        second: 0,
        nanosecond: 0,
        afternoon: None,
        is_utc: false,
        offset: None,
        zone: String::new(),
    };
    let (mut layout_left, mut value) = (layout.as_bytes(), text.as_bytes());
    loop {
        let (prefix, field, after) = split(layout_left);
        value = skip(value, prefix).map_err(|at| fail(prefix, at))?;
        let Some((field, spelling)) = field else { break };
        layout_left = after;
        match reading.read(field, value, layout_left) {
            Ok(rest) => value = rest,
            Err(Problem::Bad) => return Err(fail(spelling, value)),
            Err(Problem::Range(what)) => return Err(fail_with(&format!("{what} out of range"))),
        }
    }
    if !value.is_empty() {
        return Err(fail_with(&format!("extra text: {}", quote(value))));
    }
    reading.finish().map_err(|message| fail_with(&message))
}

/// As Go's time package quotes: what is not printable ASCII, byte by byte.
fn quote(bytes: &[u8]) -> String {
    let mut out = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(*byte)]),
            b' '..=b'~' | 0x7f => out.push(char::from(*byte)),
            other => out.push_str(&format!("\\x{other:02x}")),
        }
    }
    out.push('"');
    out
}

/// The text between fields; one blank stands for any number of them.
fn skip<'a>(mut value: &'a [u8], mut prefix: &[u8]) -> Result<&'a [u8], &'a [u8]> {
    while let Some(first) = prefix.first() {
        if *first == b' ' {
            if value.first().is_some_and(|byte| *byte != b' ') {
                return Err(value);
            }
            (prefix, value) = (without_blanks(prefix), without_blanks(value));
        } else if value.first() == Some(first) {
            (prefix, value) = (&prefix[1..], &value[1..]);
        } else {
            return Err(value);
        }
    }
    Ok(value)
}

fn without_blanks(bytes: &[u8]) -> &[u8] {
    &bytes[bytes.iter().take_while(|byte| **byte == b' ').count()..]
}

fn digits(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

fn to_number(bytes: &[u8]) -> Result<i64, Problem> {
    std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).ok_or(Problem::Bad)
}

/// One or two digits; a fixed number has two.
fn number(value: &[u8], fixed: bool) -> Step<'_, i64> {
    match digits(&value[..value.len().min(2)]) {
        0 => Err(Problem::Bad),
        1 if fixed => Err(Problem::Bad),
        length => Ok((to_number(&value[..length])?, &value[length..])),
    }
}

fn in_range(number: i64, range: std::ops::RangeInclusive<i64>, what: &'static str) -> Result<i64, Problem> {
    if range.contains(&number) { Ok(number) } else { Err(Problem::Range(what)) }
}

/// A name in any case, by its first `length` letters.
fn name<'a>(value: &'a [u8], names: &[&str], length: usize) -> Step<'a, i64> {
    let found = (0i64..).zip(names).find_map(|(index, name)| {
        let name = &name.as_bytes()[..name.len().min(length)];
        let given = value.get(..name.len())?;
        given.eq_ignore_ascii_case(name).then(|| (index, &value[name.len()..]))
    });
    found.ok_or(Problem::Bad)
}

/// A fraction of `length` bytes with its sign.
fn fraction(value: &[u8], length: usize) -> Result<u32, Problem> {
    let given = value.get(..length).filter(|given| matches!(given.first(), Some(b'.' | b','))).ok_or(Problem::Bad)?;
    let given = &given[1..given.len().min(10)];
    if given.is_empty() || digits(given) < given.len() {
        return Err(Problem::Bad);
    }
    let text = format!("{:0<9}", String::from_utf8_lossy(given));
    text.parse().map_err(|_| Problem::Bad)
}

impl Reading {
    /// Reads one field and returns what is left; `layout` is what comes after it.
    fn read<'a>(&mut self, field: Field, value: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Problem> {
        let blank = |value: &'a [u8]| value.strip_prefix(b" ").unwrap_or(value);
        let rest;
        match field {
            Field::Year => {
                let year = to_number(value.get(..2).ok_or(Problem::Bad)?)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
                rest = &value[2..];
            }
            Field::LongYear => {
                let given = value.get(..4).filter(|given| digits(&given[..1]) == 1).ok_or(Problem::Bad)?;
                (self.year, rest) = (to_number(given)?, &value[4..]);
            }
            Field::Month => {
                (self.month, rest) = name(value, &MONTHS, 3)?;
                self.month += 1;
            }
            Field::LongMonth => {
                (self.month, rest) = name(value, &MONTHS, usize::MAX)?;
                self.month += 1;
            }
            Field::NumMonth | Field::ZeroMonth => {
                (self.month, rest) = number(value, field == Field::ZeroMonth)?;
                in_range(self.month, 1..=12, "month")?;
            }
            Field::Weekday => (_, rest) = name(value, &WEEKDAYS, 3)?,
            Field::LongWeekday => (_, rest) = name(value, &WEEKDAYS, usize::MAX)?,
            Field::Day => (self.day, rest) = number(value, false)?,
            Field::UnderDay => (self.day, rest) = number(blank(value), false)?,
            Field::ZeroDay => (self.day, rest) = number(value, true)?,
            Field::UnderYearDay | Field::ZeroYearDay => {
                let fixed = field == Field::ZeroYearDay;
                let value = if fixed { value } else { blank(blank(value)) };
                let length = digits(&value[..value.len().min(3)]);
                if length == 0 || fixed && length < 3 {
                    return Err(Problem::Bad);
                }
                (self.year_day, rest) = (to_number(&value[..length])?, &value[length..]);
            }
            Field::Hour => {
                (self.hour, rest) = number(value, false)?;
                in_range(self.hour, 0..=23, "hour")?;
            }
            Field::Hour12 | Field::ZeroHour12 => {
                (self.hour, rest) = number(value, field == Field::ZeroHour12)?;
                in_range(self.hour, 0..=12, "hour")?;
            }
            Field::Minute | Field::ZeroMinute => {
                (self.minute, rest) = number(value, field == Field::ZeroMinute)?;
                in_range(self.minute, 0..=59, "minute")?;
            }
            Field::Second | Field::ZeroSecond => {
                let (second, after) = number(value, field == Field::ZeroSecond)?;
                self.second = in_range(second, 0..=59, "second")?;
                rest = self.unasked_fraction(after, layout)?;
            }
            Field::UpperPm | Field::LowerPm => {
                let (pm, am) = if field == Field::UpperPm { (b"PM", b"AM") } else { (b"pm", b"am") };
                let given = value.get(..2).filter(|given| given == pm || given == am).ok_or(Problem::Bad)?;
                (self.afternoon, rest) = (Some(given == pm), &value[2..]);
            }
            Field::Zone => rest = self.zone_name(value)?,
            Field::Offset(style) => rest = self.offset(style, value)?,
            Field::Fraction(_, count) => {
                self.nanosecond = fraction(value, count + 1)?;
                rest = &value[count + 1..];
            }
            Field::ShortFraction(..) => {
                let signed = matches!(value.first(), Some(b'.' | b','));
                let length = if signed { digits(&value[1..]) } else { 0 };
                if length > 0 {
                    self.nanosecond = fraction(value, length + 1)?;
                }
                rest = if length > 0 { &value[length + 1..] } else { value };
            }
        }
        Ok(rest)
    }

    /// Seconds may have a fraction where the layout has none.
    fn unasked_fraction<'a>(&mut self, value: &'a [u8], layout: &[u8]) -> Result<&'a [u8], Problem> {
        let next = split(layout).1;
        let asked = matches!(next, Some((Field::Fraction(..) | Field::ShortFraction(..), _)));
        let signed = matches!(value.first(), Some(b'.' | b','));
        let length = if signed && !asked { digits(&value[1..]) } else { 0 };
        if length == 0 {
            return Ok(value);
        }
        self.nanosecond = fraction(value, length + 1)?;
        Ok(&value[length + 1..])
    }

    fn offset<'a>(&mut self, style: Offset, value: &'a [u8]) -> Result<&'a [u8], Problem> {
        if style.iso && value.first() == Some(&b'Z') {
            self.is_utc = true;
            return Ok(&value[1..]);
        }
        let (sign, mut rest) = value.split_first().ok_or(Problem::Bad)?;
        let mut parts = [0; 3];
        let limits = [24, 60, 60];
        let names = ["time zone offset hour", "time zone offset minute", "time zone offset second"];
        let mut problem = None;
        for index in 0..style.parts.min(3) {
            if style.colon && index > 0 {
                rest = rest.strip_prefix(b":").ok_or(Problem::Bad)?;
            }
            (parts[index], rest) = number(rest, true)?;
            if parts[index] > limits[index] {
                problem = Some(Problem::Range(names[index]));
            }
        }
        if let Some(problem) = problem {
            return Err(problem);
        }
        let seconds = (parts[0] * 60 + parts[1]) * 60 + parts[2];
        self.offset = Some(match sign {
            b'+' => seconds,
            b'-' => -seconds,
            _ => return Err(Problem::Bad),
        });
        Ok(rest)
    }

    fn zone_name<'a>(&mut self, value: &'a [u8]) -> Result<&'a [u8], Problem> {
        if let Some(rest) = value.strip_prefix(b"UTC") {
            self.is_utc = true;
            return Ok(rest);
        }
        let length = zone_length(value).ok_or(Problem::Bad)?;
        self.zone = String::from_utf8_lossy(&value[..length]).into_owned();
        Ok(&value[length..])
    }

    fn finish(mut self) -> Result<Time, String> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let year = i16::try_from(self.year).map_err(|_| "year out of range")?;
        let date = if self.year_day >= 0 {
            let first = Date::new(year, 1, 1).map_err(|_| "year out of range")?;
            let day = i16::try_from(self.year_day).ok().filter(|day| (1..=first.days_in_year()).contains(day));
            let date = day.and_then(|day| first.with().day_of_year(day).build().ok());
            let date = date.ok_or("day-of-year out of range")?;
            if self.month >= 0 && self.month != i64::from(date.month()) {
                return Err("day-of-year does not match month".to_owned());
            }
            if self.day >= 0 && self.day != i64::from(date.day()) {
                return Err("day-of-year does not match day".to_owned());
            }
            date
        } else {
            let part = |number: i64| i8::try_from(if number < 0 { 1 } else { number }).ok();
            let (month, day) = (part(self.month).unwrap_or(1), part(self.day).ok_or("day out of range")?);
            Date::new(year, month, day).map_err(|_| "day out of range")?
        };
        let midnight = date.to_datetime(jiff::civil::Time::midnight());
        let midnight = UtcOffset::UTC.to_timestamp(midnight).map_err(|_| "year out of range")?;
        let seconds = midnight.as_second() + self.hour * 3600 + self.minute * 60 + self.second;
        // Go marks an offset that is not there by -1, and so overlooks this one.
        match self.offset.filter(|offset| *offset != -1 && !self.is_utc) {
            Some(0) if matches!(self.zone.as_str(), "" | "UTC") => Time::utc(seconds, self.nanosecond),
            Some(offset) => {
                let east = i32::try_from(offset).map_err(|_| "time zone offset out of range")?;
                Time::fixed(seconds - offset, self.nanosecond, east, self.zone)
            }
            None if self.is_utc || self.zone.is_empty() => Time::utc(seconds, self.nanosecond),
            None => {
                let hours = self.zone.strip_prefix("GMT").and_then(|hours| hours.parse::<i32>().ok());
                Time::fixed(seconds, self.nanosecond, hours.unwrap_or(0) * 3600, self.zone)
            }
        }
    }
}

/// How long the abbreviation of a zone at the beginning is.
fn zone_length(value: &[u8]) -> Option<usize> {
    if value.len() < 3 {
        return None;
    }
    if value.starts_with(b"ChST") || value.starts_with(b"MeST") {
        return Some(4);
    }
    if let Some(rest) = value.strip_prefix(b"GMT") {
        return Some(3 + signed_hours(rest));
    }
    if matches!(value[0], b'+' | b'-') {
        return Some(signed_hours(value)).filter(|length| *length > 0);
    }
    match value.iter().take(6).take_while(|byte| byte.is_ascii_uppercase()).count() {
        5 if value[4] == b'T' => Some(5),
        4 if value[3] == b'T' || value.starts_with(b"WITA") => Some(4),
        3 => Some(3),
        _ => None,
    }
}

/// The length of `+5` or `-11`; 0 when it is none or beyond 23.
fn signed_hours(value: &[u8]) -> usize {
    let Some((b'+' | b'-', rest)) = value.split_first() else { return 0 };
    let length = digits(rest);
    let hours = to_number(&rest[..length]).unwrap_or(i64::MAX);
    if length > 0 && hours <= 23 { 1 + length } else { 0 }
}

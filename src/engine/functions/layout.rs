//! Go's time layouts: a text that shows how Mon Jan 2 15:04:05 MST 2006 is written.

use super::time::Time;

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub(super) const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// How a time zone's offset is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Whether UTC is `Z`.
    pub(super) iso: bool,
    pub(super) colon: bool,
    /// Hours, minutes and seconds: how many of them.
    pub(super) parts: usize,
}

/// One element of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Field {
    LongMonth,
    Month,
    NumMonth,
    ZeroMonth,
    LongWeekday,
    Weekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperPm,
    LowerPm,
    Zone,
    Offset(Offset),
    /// The sign before it and exactly this many digits.
    Fraction(u8, usize),
    /// The sign before it and at most this many digits, without zeros at the end.
    ShortFraction(u8, usize),
}

const fn offset(iso: bool, colon: bool, parts: usize) -> Field {
    Field::Offset(Offset { iso, colon, parts })
}

/// Spellings in the order in which they are tried.
const SPELLINGS: [(&str, Field); 33] = [
    ("January", Field::LongMonth),
    ("Jan", Field::Month),
    ("Monday", Field::LongWeekday),
    ("Mon", Field::Weekday),
    ("MST", Field::Zone),
    ("01", Field::ZeroMonth),
    ("02", Field::ZeroDay),
    ("03", Field::ZeroHour12),
    ("04", Field::ZeroMinute),
    ("05", Field::ZeroSecond),
    ("06", Field::Year),
    ("002", Field::ZeroYearDay),
    ("15", Field::Hour),
    ("1", Field::NumMonth),
    ("2006", Field::LongYear),
    ("2", Field::Day),
    ("_2", Field::UnderDay),
    ("__2", Field::UnderYearDay),
    ("3", Field::Hour12),
    ("4", Field::Minute),
    ("5", Field::Second),
    ("PM", Field::UpperPm),
    ("pm", Field::LowerPm),
    ("-070000", offset(false, false, 3)),
    ("-07:00:00", offset(false, true, 3)),
    ("-0700", offset(false, false, 2)),
    ("-07:00", offset(false, true, 2)),
    ("-07", offset(false, false, 1)),
    ("Z070000", offset(true, false, 3)),
    ("Z07:00:00", offset(true, true, 3)),
    ("Z0700", offset(true, false, 2)),
    ("Z07:00", offset(true, true, 2)),
    ("Z07", offset(true, false, 1)),
];

/// The field at the beginning of a layout and the bytes it takes.
fn field_at(layout: &[u8]) -> Option<(Field, usize)> {
    if let Some(found) = fraction_at(layout) {
        return Some(found);
    }
    let lower_follows = |length: usize| layout.get(length).is_some_and(u8::is_ascii_lowercase);
    SPELLINGS.iter().find_map(|(spelling, field)| {
        let fits = layout.starts_with(spelling.as_bytes());
        let word_goes_on = matches!(field, Field::Month | Field::Weekday) && lower_follows(spelling.len());
        // `_2006` is a year after a `_`.
        let year = *field == Field::UnderDay && layout.starts_with(b"_2006");
        (fits && !word_goes_on && !year).then_some((*field, spelling.len()))
    })
}

/// `.000` or `,999`: a sign and the same digit again and again, no other digit after it.
fn fraction_at(layout: &[u8]) -> Option<(Field, usize)> {
    let (sign, digit) = (*layout.first()?, *layout.get(1)?);
    if !matches!(sign, b'.' | b',') || !matches!(digit, b'0' | b'9') {
        return None;
    }
    let count = layout[1..].iter().take_while(|byte| **byte == digit).count();
    if layout.get(1 + count).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let field = if digit == b'0' { Field::Fraction(sign, count) } else { Field::ShortFraction(sign, count) };
    Some((field, 1 + count))
}

/// A field and how the layout spells it.
type Spelled<'a> = (Field, &'a [u8]);

/// The text before the first field, the field, and the rest.
pub(super) fn split(layout: &[u8]) -> (&[u8], Option<Spelled<'_>>, &[u8]) {
    for at in 0..layout.len() {
        if let Some((field, length)) = field_at(&layout[at..]) {
            return (&layout[..at], Some((field, &layout[at..at + length])), &layout[at + length..]);
        }
    }
    (layout, None, &[])
}

/// A time in a layout.
pub(super) fn format(time: &Time, layout: &str) -> String {
    let mut out = Vec::new();
    let mut rest = layout.as_bytes();
    loop {
        let (text, field, after) = split(rest);
        out.extend(text);
        let Some((field, _)) = field else { break };
        out.extend(write(time, field).into_bytes());
        rest = after;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn write(time: &Time, field: Field) -> String {
    let civil = time.civil();
    let hour = civil.hour();
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let month = MONTHS[usize::from(civil.month().unsigned_abs()).clamp(1, 12) - 1];
    let weekday = WEEKDAYS[usize::from(civil.weekday().to_sunday_zero_offset().unsigned_abs()).min(6)];
    match field {
        Field::LongMonth => month.to_owned(),
        Field::Month => month[..3].to_owned(),
        Field::NumMonth => civil.month().to_string(),
        Field::ZeroMonth => format!("{:02}", civil.month()),
        Field::LongWeekday => weekday.to_owned(),
        Field::Weekday => weekday[..3].to_owned(),
        Field::Day => civil.day().to_string(),
        Field::UnderDay => format!("{:2}", civil.day()),
        Field::ZeroDay => format!("{:02}", civil.day()),
        Field::UnderYearDay => format!("{:3}", civil.day_of_year()),
        Field::ZeroYearDay => format!("{:03}", civil.day_of_year()),
        Field::Hour => format!("{hour:02}"),
        Field::Hour12 => hour12.to_string(),
        Field::ZeroHour12 => format!("{hour12:02}"),
        Field::Minute => civil.minute().to_string(),
        Field::ZeroMinute => format!("{:02}", civil.minute()),
        Field::Second => civil.second().to_string(),
        Field::ZeroSecond => format!("{:02}", civil.second()),
        Field::LongYear if civil.year() < 0 => format!("-{:04}", civil.year().unsigned_abs()),
        Field::LongYear => format!("{:04}", civil.year()),
        Field::Year => format!("{:02}", civil.year().max(0) % 100),
        Field::UpperPm => if hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Field::LowerPm => if hour >= 12 { "pm" } else { "am" }.to_owned(),
        Field::Zone if time.zone.is_empty() => write_offset(time.offset, Offset { iso: false, colon: false, parts: 2 }),
        Field::Zone => time.zone.clone(),
        Field::Offset(style) => write_offset(time.offset, style),
        Field::Fraction(sign, digits) => fraction(time.nanoseconds, sign, digits),
        Field::ShortFraction(sign, digits) => {
            let written = fraction(time.nanoseconds, sign, digits);
            written.trim_end_matches('0').trim_end_matches(['.', ',']).to_owned()
        }
    }
}

fn fraction(nanoseconds: u32, sign: u8, digits: usize) -> String {
    // Layouts are no longer than templates, and nanoseconds have nine digits.
    format!("{}{}", char::from(sign), &format!("{nanoseconds:09}")[..digits.min(9)])
}

fn write_offset(offset: i32, style: Offset) -> String {
    if style.iso && offset == 0 {
        return "Z".to_owned();
    }
    let size = offset.unsigned_abs();
    // Whether there is a minus follows from whole minutes.
    let sign = if offset / 60 < 0 { '-' } else { '+' };
    let colon = if style.colon { ":" } else { "" };
    let mut out = format!("{sign}{:02}", size / 3600);
    if style.parts > 1 {
        out.push_str(&format!("{colon}{:02}", size / 60 % 60));
    }
    if style.parts > 2 {
        out.push_str(&format!("{colon}{:02}", size % 60));
    }
    out
}

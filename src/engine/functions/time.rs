//! A moment with the offset it is shown in: what `now` and `toDate` give, with the methods of Go's `time.Time`.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use minijinja::value::{DynObject, Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};

use super::Arguments;
use super::duration::{Duration, SECOND, nanoseconds};
use super::layout::{self, MONTHS, WEEKDAYS};

/// Go's layout of a printed time.
const PRINTED: &str = "2006-01-02 15:04:05.999999999 -0700 MST";
/// The layout of a time in JSON and YAML.
const RFC3339: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// A moment between the years -9999 and 9999, and how to show it.
#[derive(Clone, Debug)]
pub(super) struct Time {
    /// Seconds since 1970, rounded down.
    pub(super) seconds: i64,
    /// Nanoseconds after them.
    pub(super) nanoseconds: u32,
    /// Seconds east of UTC.
    pub(super) offset: i32,
    /// The zone's abbreviation; empty where it has none.
    pub(super) zone: String,
}

impl Time {
    /// A moment in UTC, which is the local time of every render.
    pub(super) fn utc(seconds: i64, nanoseconds: u32) -> Result<Self, String> {
        Self::fixed(seconds, nanoseconds, 0, "UTC".to_owned())
    }

    pub(super) fn fixed(seconds: i64, nanoseconds: u32, offset: i32, zone: String) -> Result<Self, String> {
        let time = Self { seconds, nanoseconds, offset, zone };
        match (time.timestamp(), Offset::from_seconds(offset)) {
            (Some(_), Ok(_)) => Ok(time),
            _ => Err("a time is out of range: it lies outside the years -9999 to 9999".to_owned()),
        }
    }

    /// The year 1, which Go takes for no time at all.
    pub(super) fn zero() -> Self {
        Self { seconds: -62_135_596_800, nanoseconds: 0, offset: 0, zone: "UTC".to_owned() }
    }

    fn timestamp(&self) -> Option<Timestamp> {
        let nanoseconds = i32::try_from(self.nanoseconds).ok()?;
        Timestamp::new(self.seconds, 0).and_then(|second| second.checked_add(nanoseconds.nanoseconds())).ok()
    }

    /// The date and the time of day that its zone shows.
    pub(super) fn civil(&self) -> DateTime {
        let offset = Offset::from_seconds(self.offset).unwrap_or(Offset::UTC);
        offset.to_datetime(self.timestamp().unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// The same moment in a zone of the IANA database; an unknown zone is UTC.
    pub(super) fn within(&self, zone: &str) -> Self {
        // Names are case-sensitive in Go, and jiff's are not.
        let found = TimeZone::get(zone).ok().filter(|found| found.iana_name() == Some(zone));
        let (Some(found), Some(timestamp)) = (found, self.timestamp()) else {
            return Self { offset: 0, zone: "UTC".to_owned(), ..self.clone() };
        };
        let info = found.to_offset_info(timestamp);
        let abbreviation = info.abbreviation();
        Self { offset: info.offset().seconds(), zone: abbreviation.to_owned(), ..self.clone() }
    }

    fn total_nanoseconds(&self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanoseconds)
    }

    fn with_nanoseconds(&self, total: i128) -> Result<Self, String> {
        let second = i128::from(SECOND);
        let seconds = i64::try_from(total.div_euclid(second)).unwrap_or(i64::MAX);
        let nanoseconds = u32::try_from(total.rem_euclid(second)).unwrap_or_default();
        Self::fixed(seconds, nanoseconds, self.offset, self.zone.clone())
    }

    pub(super) fn add(&self, duration: Duration) -> Result<Self, String> {
        self.with_nanoseconds(self.total_nanoseconds() + i128::from(duration.0))
    }

    /// The time from `earlier` to this one, as far as a duration reaches.
    pub(super) fn since(&self, earlier: &Self) -> Duration {
        let total = self.total_nanoseconds() - earlier.total_nanoseconds();
        Duration(i64::try_from(total).unwrap_or(if total < 0 { i64::MIN } else { i64::MAX }))
    }

    /// Years, months and days later; days beyond the end of a month go on into the next.
    fn add_date(&self, years: i64, months: i64, days: i64) -> Option<Self> {
        let civil = self.civil();
        let month = i64::from(civil.year()).checked_add(years)?.checked_mul(12)?.checked_add(months)?;
        let month = month.checked_add(i64::from(civil.month()) - 1)?;
        let first = jiff::civil::Date::new(
            i16::try_from(month.div_euclid(12)).ok()?,
            i8::try_from(month.rem_euclid(12) + 1).ok()?,
            1,
        );
        let days = days.checked_add(i64::from(civil.day()) - 1)?;
        let date = first.ok()?.checked_add(i32::try_from(days).ok()?.days()).ok()?;
        let midnight = Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight())).ok()?;
        let of_day = i64::from(civil.hour()) * 3600 + i64::from(civil.minute()) * 60 + i64::from(civil.second());
        let seconds = midnight.as_second() + of_day - i64::from(self.offset);
        Self::fixed(seconds, self.nanoseconds, self.offset, self.zone.clone()).ok()
    }

    /// To a multiple of a duration since the year 1.
    fn truncate(&self, unit: i64, round: bool) -> Result<Self, String> {
        if unit <= 0 {
            return Ok(self.clone());
        }
        let (unit, total) = (i128::from(unit), self.total_nanoseconds());
        let rest = (total - Self::zero().total_nanoseconds()).rem_euclid(unit);
        let up = round && rest * 2 >= unit;
        self.with_nanoseconds(total - rest + if up { unit } else { 0 })
    }

    /// What needs no arguments, by the name of Go's method.
    fn property(&self, name: &str) -> Option<Value> {
        let civil = self.civil();
        Some(match name {
            "Unix" => Value::from(self.seconds),
            "UnixMilli" => Value::from(self.seconds * 1000 + i64::from(self.nanoseconds / 1_000_000)),
            "UnixMicro" => Value::from(self.seconds * 1_000_000 + i64::from(self.nanoseconds / 1000)),
            "UnixNano" => Value::from(i64::try_from(self.total_nanoseconds()).ok()?),
            "Year" => Value::from(civil.year()),
            "Month" => Value::from(MONTHS[usize::from(civil.month().unsigned_abs()).clamp(1, 12) - 1]),
            "Day" => Value::from(civil.day()),
            "Weekday" => {
                Value::from(WEEKDAYS[usize::from(civil.weekday().to_sunday_zero_offset().unsigned_abs()).min(6)])
            }
            "YearDay" => Value::from(civil.day_of_year()),
            "Hour" => Value::from(civil.hour()),
            "Minute" => Value::from(civil.minute()),
            "Second" => Value::from(civil.second()),
            "Nanosecond" => Value::from(self.nanoseconds),
            "IsZero" => Value::from(self.seconds == Self::zero().seconds && self.nanoseconds == 0),
            "IsDST" => Value::from(false),
            "String" => Value::from(layout::format(self, PRINTED)),
            "UTC" | "Local" => Value::from_object(Self { offset: 0, zone: "UTC".to_owned(), ..self.clone() }),
            _ => return None,
        })
    }
}

impl Object for Time {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn call_method(self: &Arc<Self>, _: &mut State<'_, '_>, method: &str, values: &[Value]) -> Result<Value, Error> {
        let arguments = Arguments::new("date", values);
        if let Some(value) = self.property(method) {
            return arguments.count(0..=0).map(|()| value);
        }
        arguments.count(if method == "AddDate" { 3..=3 } else { 1..=1 })?;
        let other = || {
            let other = arguments.value(0)?.downcast_object_ref::<Self>();
            other.ok_or_else(|| arguments.error(format_args!("expects a date in `.{method}`")))
        };
        let order = || Ok::<_, Error>(self.total_nanoseconds().cmp(&other()?.total_nanoseconds()));
        let object = |time: Result<Self, String>| {
            time.map(Value::from_object).map_err(|reason| arguments.error(format_args!("{reason} in `.{method}`")))
        };
        match method {
            "Format" => Ok(Value::from(layout::format(self, &arguments.text(0)?))),
            "Add" => object(self.add(Duration(nanoseconds(&arguments, 0)?))),
            "AddDate" => {
                let (years, months, days) = (arguments.integer(0)?, arguments.integer(1)?, arguments.integer(2)?);
                object(self.add_date(years, months, days).ok_or_else(|| "a time is out of range".to_owned()))
            }
            "Truncate" => object(self.truncate(nanoseconds(&arguments, 0)?, false)),
            "Round" => object(self.truncate(nanoseconds(&arguments, 0)?, true)),
            "Sub" => Ok(Value::from_object(self.since(other()?))),
            "Before" => Ok(Value::from(order()?.is_lt())),
            "After" => Ok(Value::from(order()?.is_gt())),
            "Equal" => Ok(Value::from(order()?.is_eq())),
            "Compare" => Ok(Value::from(order()? as i8)),
            _ => Err(Error::from(ErrorKind::UnknownMethod)),
        }
    }

    fn custom_cmp(self: &Arc<Self>, other: &DynObject) -> Option<Ordering> {
        other.downcast_ref::<Self>().map(|other| self.total_nanoseconds().cmp(&other.total_nanoseconds()))
    }

    /// As text of data (JSON, YAML) it is RFC 3339; the alternate form, which templates print, is Go's.
    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&layout::format(self, if f.alternate() { PRINTED } else { RFC3339 }))
    }
}

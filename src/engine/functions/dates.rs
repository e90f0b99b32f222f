//! Dates: the clock of the render, layouts as in Go, zones of the IANA database. The local zone is UTC everywhere, so
//! that a chart renders alike on every machine.

use minijinja::value::Value;
use minijinja::{Error, State};

use super::duration::{Duration, SECOND};
use super::time::Time;
use super::{Arguments, Function, layout, layout_read};
use crate::engine::entropy::Entropy;

const HTML: &str = "2006-01-02";

const DATE: &str = "a date in Go's layout";
const DATE_IN_ZONE: &str = "a date in Go's layout, in a time zone";
const DATE_MODIFY: &str = "a date plus a duration; the date when it is none";
const MUST_DATE_MODIFY: &str = "a date plus a duration";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::new("now", now, "the time of the render, a date", "now().Year()"),
    Function::new("date", date, DATE, "toDate(\"2006-01-02\", \"2026-01-31\") | date(\"02.01.2006\") → 31.01.2026"),
    Function::new("dateInZone", date_in_zone, DATE_IN_ZONE, "dateInZone(\"15:04\", now(), \"Europe/Berlin\")"),
    Function::new("date_in_zone", date_in_zone, DATE_IN_ZONE, "date_in_zone(\"15:04\", now(), \"Europe/Berlin\")"),
    Function::new("dateModify", date_modify, DATE_MODIFY, "now() | dateModify(\"-24h\")"),
    Function::new("date_modify", date_modify, DATE_MODIFY, "now() | date_modify(\"-24h\")"),
    Function::new("mustDateModify", must_date_modify, MUST_DATE_MODIFY, "now() | mustDateModify(\"-24h\")"),
    Function::new("must_date_modify", must_date_modify, MUST_DATE_MODIFY, "now() | must_date_modify(\"-24h\")"),
    Function::new("htmlDate", html_date, "a date as 2006-01-02", "now() | htmlDate"),
    Function::new(
        "htmlDateInZone",
        html_date_in_zone,
        "a date as 2006-01-02, in a time zone",
        "htmlDateInZone(now(), \"Asia/Tokyo\")",
    ),
    Function::new(
        "toDate",
        to_date,
        "reads a date in Go's layout",
        "toDate(\"2006-01-02\", \"2026-01-31\").Day() → 31",
    ),
    Function::new(
        "mustToDate",
        must_to_date,
        "the same, and stops when it is none",
        "mustToDate(\"2006-01-02\", \"2026-01-31\")",
    ),
    Function::new("unixEpoch", unix_epoch, "a date as seconds since 1970", "now() | unixEpoch"),
    Function::new("ago", ago, "how long a date is past", "ago(now()) → 0s"),
    Function::new("duration", duration, "seconds as a duration", "duration(95) → 1m35s"),
    Function::new("durationRound", duration_round, "the largest unit of a duration", "durationRound(\"2h10m\") → 2h"),
];

fn current(state: &State<'_, '_>, arguments: &Arguments<'_>) -> Result<Time, Error> {
    Time::utc(Entropy::of(state).now(), 0).map_err(|reason| arguments.error(reason))
}

/// A date, seconds since 1970, or, as in Helm, the current time for everything else.
fn moment(state: &State<'_, '_>, arguments: &Arguments<'_>, index: usize) -> Result<Time, Error> {
    let value = arguments.value(index)?;
    if let Some(time) = value.downcast_object_ref::<Time>() {
        return Ok(time.clone());
    }
    match value.as_i64().filter(|_| value.is_integer()) {
        Some(seconds) => Time::utc(seconds, 0).map_err(|reason| arguments.error(reason)),
        None => current(state, arguments),
    }
}

fn time_argument<'a>(arguments: &Arguments<'a>, index: usize) -> Result<&'a Time, Error> {
    let found = arguments.value(index)?.downcast_object_ref::<Time>();
    found.ok_or_else(|| arguments.error(format_args!("expects a date as argument {}", index + 1)))
}

fn now(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(0..=0)?;
    current(state, arguments).map(Value::from_object)
}

fn written(
    state: &State<'_, '_>,
    arguments: &Arguments<'_>,
    layout: &str,
    date: usize,
    zone: &str,
) -> Result<Value, Error> {
    let time = moment(state, arguments, date)?.within(zone);
    Ok(Value::from(layout::format(&time, layout)))
}

fn date(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    written(state, arguments, &arguments.text(0)?, 1, "UTC")
}

fn date_in_zone(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(3..=3)?;
    written(state, arguments, &arguments.text(0)?, 1, &arguments.text(2)?)
}

fn html_date(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    written(state, arguments, HTML, 0, "UTC")
}

fn html_date_in_zone(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    written(state, arguments, HTML, 0, &arguments.text(1)?)
}

fn date_modify(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (text, time) = (arguments.text(0)?, time_argument(arguments, 1)?);
    match Duration::parse(&text) {
        Ok(duration) => later(arguments, time, duration),
        Err(_) => Ok(Value::from_object(time.clone())),
    }
}

fn must_date_modify(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let (text, time) = (arguments.text(0)?, time_argument(arguments, 1)?);
    later(arguments, time, Duration::parse(&text).map_err(|reason| arguments.error(reason))?)
}

fn later(arguments: &Arguments<'_>, time: &Time, duration: Duration) -> Result<Value, Error> {
    time.add(duration).map(Value::from_object).map_err(|reason| arguments.error(reason))
}

fn to_date(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let time = layout_read::parse(&arguments.text(0)?, &arguments.text(1)?).unwrap_or_else(|_| Time::zero());
    Ok(Value::from_object(time))
}

fn must_to_date(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(2..=2)?;
    let time = layout_read::parse(&arguments.text(0)?, &arguments.text(1)?);
    time.map(Value::from_object).map_err(|reason| arguments.error(reason))
}

fn unix_epoch(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    Ok(Value::from(time_argument(arguments, 0)?.seconds.to_string()))
}

fn ago(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let elapsed = current(state, arguments)?.since(&moment(state, arguments, 0)?);
    Ok(Value::from(elapsed.round(SECOND).to_string()))
}

fn duration(_: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let value = arguments.value(0)?;
    let seconds = match value.as_str() {
        Some(text) => decimal(text),
        None if value.is_integer() => value.as_i64().unwrap_or_default(),
        None => 0,
    };
    // Too many seconds wrap around, as they do in Helm.
    Ok(Value::from(Duration(seconds.wrapping_mul(SECOND)).to_string()))
}

/// A decimal as Go reads it: 0 when it is none, the nearest when it is too large.
fn decimal(text: &str) -> i64 {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(number) => number,
        Err(_) if is_number && text.starts_with('-') => i64::MIN,
        Err(_) if is_number => i64::MAX,
        Err(_) => 0,
    }
}

fn duration_round(state: &mut State<'_, '_>, arguments: &Arguments<'_>) -> Result<Value, Error> {
    arguments.count(1..=1)?;
    let value = arguments.value(0)?;
    let duration = if let Some(text) = value.as_str() {
        Duration::parse(text).unwrap_or(Duration(0))
    } else if let Some(time) = value.downcast_object_ref::<Time>() {
        current(state, arguments)?.since(time)
    } else if value.is_integer() {
        Duration(value.as_i64().unwrap_or_default())
    } else {
        Duration(0)
    };
    Ok(Value::from(duration.rough()))
}

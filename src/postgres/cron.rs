//! Schedules as a `CronJob` takes them, and how long it is at most from one run to the next.
//!
//! Source: Kubernetes reads them with robfig/cron v3 (`ParseStandard`): five fields or a word, Sunday is 0 and never 7, and a day
//! counts when either of its two fields says so, unless one of them begins with `*` or `?`.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::diagnostic::closest;

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days: Field,
    months: Vec<u32>,
    weekdays: Field,
}

/// One field of days.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Field {
    values: Vec<u32>,
    any: bool,
}

/// The fields: what each is called, its values and their names.
const FIELDS: [(&str, RangeInclusive<u32>, &[&str]); 5] = [
    ("minute", 0..=59, &[]),
    ("hour", 0..=23, &[]),
    ("day of the month", 1..=31, &[]),
    ("month", 1..=12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
    ("day of the week", 0..=6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
];

/// Words for whole schedules.
const WORDS: [(&str, &str); 7] = [
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
    ("@monthly", "0 0 1 * *"),
    ("@weekly", "0 0 * * 0"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@hourly", "0 * * * *"),
];

/// How many days are looked at: nine years have three leap days, and each date of the year on every day of the week but one or two.
const DAYS: u32 = 9 * 366;

impl Cron {
    /// Reads a schedule.
    ///
    /// # Errors
    ///
    /// Says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.starts_with('@') {
            let known = || WORDS.iter().map(|(word, _)| *word);
            let Some((_, fields)) = WORDS.iter().find(|(word, _)| *word == text) else {
                let hint = closest(text, known()).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default();
                return Err(format!("`{text}` is no word for a schedule{hint}"));
            };
            return Self::parse(fields);
        }
        if text.contains("TZ=") {
            return Err("a time zone has a value of its own, `timeZone`".to_owned());
        }
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields[..] else {
            return Err(format!("a schedule has five fields, found {}", fields.len()));
        };
        let cron = Self {
            minutes: field(0, minutes)?.values,
            hours: field(1, hours)?.values,
            days: field(2, days)?,
            months: field(3, months)?.values,
            weekdays: field(4, weekdays)?,
        };
        if cron.longest_pause().is_none() { Err("no day is ever like that".to_owned()) } else { Ok(cron) }
    }

    /// The longest time from one run to the next; none when it never runs.
    pub fn longest_pause(&self) -> Option<Duration> {
        let times = self.hours.iter().flat_map(|hour| self.minutes.iter().map(move |minute| hour * 60 + minute));
        let times: Vec<u64> = times.map(u64::from).collect();
        let (first, last) = (*times.first()?, *times.last()?);
        let within = times.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default();
        let runs: Vec<u64> =
            Calendar::new().take(DAYS as usize).zip(0..).filter(|(day, _)| self.has(*day)).map(|(_, n)| n).collect();
        runs.first()?;
        let between = runs.windows(2).map(|pair| (pair[1] - pair[0]) * 1440 + first - last).max();
        // A day that came once within all those years comes again no sooner.
        let longest = within.max(between.unwrap_or(u64::from(DAYS) * 1440));
        Some(Duration::from_secs(longest * 60))
    }

    fn has(&self, day: Day) -> bool {
        let (by_date, by_week) = (self.days.values.contains(&day.date), self.weekdays.values.contains(&day.weekday));
        let day_fits = if self.days.any || self.weekdays.any { by_date && by_week } else { by_date || by_week };
        self.months.contains(&day.month) && day_fits
    }
}

/// The five fields as plain numbers with commas, for a shell to compare. A field that allows everything is `*`; a day's field that began
/// with `*` and does not, keeps it in front.
impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = |number: usize, values: &[u32], any: bool| {
            if values.len() == FIELDS[number].1.clone().count() {
                return "*".to_owned();
            }
            let list: Vec<String> = values.iter().map(u32::to_string).collect();
            format!("{}{}", if any { "*" } else { "" }, list.join(","))
        };
        let all = [
            field(0, &self.minutes, false),
            field(1, &self.hours, false),
            field(2, &self.days.values, self.days.any),
            field(3, &self.months, false),
            field(4, &self.weekdays.values, self.weekdays.any),
        ];
        f.write_str(&all.join(" "))
    }
}

/// A day of some year.
#[derive(Clone, Copy, Debug)]
struct Day {
    year: u32,
    month: u32,
    date: u32,
    weekday: u32,
}

/// Every day from the first of January 2000 on, a Saturday.
struct Calendar(Day);

impl Calendar {
    fn new() -> Self {
        Self(Day { year: 2000, month: 1, date: 1, weekday: 6 })
    }
}

impl Iterator for Calendar {
    type Item = Day;

    fn next(&mut self) -> Option<Day> {
        let today = self.0;
        let length = match today.month {
            2 if today.year.is_multiple_of(4) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let mut next = Day { date: today.date + 1, weekday: (today.weekday + 1) % 7, ..today };
        if next.date > length {
            (next.date, next.month) = (1, next.month + 1);
        }
        if next.month > 12 {
            (next.month, next.year) = (1, next.year + 1);
        }
        self.0 = next;
        Some(today)
    }
}

/// Reads one field: parts with commas between them.
fn field(number: usize, text: &str) -> Result<Field, String> {
    let mut values = Vec::new();
    let mut any = false;
    for part in text.split(',') {
        any |= part.starts_with(['*', '?']);
        values.extend(part_of(number, part)?);
    }
    values.sort_unstable();
    values.dedup();
    Ok(Field { values, any })
}

/// Reads `*`, `4`, `1-5`, `mon-fri`, each with a step or without.
fn part_of(number: usize, part: &str) -> Result<Vec<u32>, String> {
    let (name, range, _) = &FIELDS[number];
    let wrong = || format!("`{part}` is no {name}: {} to {}", range.start(), range.end());
    let (span, step) = match part.split_once('/') {
        Some((span, step)) => (span, Some(step.parse::<usize>().ok().filter(|step| *step > 0).ok_or_else(wrong)?)),
        None => (part, None),
    };
    let (from, to) = match span.split_once('-') {
        None if matches!(span, "*" | "?") => (*range.start(), *range.end()),
        None => {
            let from = value(number, span).ok_or_else(wrong)?;
            (from, if step.is_some() { *range.end() } else { from })
        }
        Some((from, to)) => (value(number, from).ok_or_else(wrong)?, value(number, to).ok_or_else(wrong)?),
    };
    if from > to {
        return Err(format!("`{part}` ends before it begins"));
    }
    Ok((from..=to).step_by(step.unwrap_or(1)).collect())
}

fn value(number: usize, text: &str) -> Option<u32> {
    let (_, range, names) = &FIELDS[number];
    let position = names.iter().position(|name| name.eq_ignore_ascii_case(text));
    let value = match position {
        Some(position) => range.start() + u32::try_from(position).ok()?,
        None => text.parse().ok()?,
    };
    range.contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_follows_from_the_fields() {
        const HOUR: u64 = 3600;
        for (schedule, seconds) in [
            ("* * * * *", 60),
            ("*/20 * * * *", 1200),
            ("@hourly", HOUR),
            ("0 2 * * *", 24 * HOUR),
            ("0 2,14 * * *", 12 * HOUR),
            ("0 8-18/2 * * *", 14 * HOUR),
            ("30 1 * * mon-fri", 72 * HOUR),
            ("0 5 * * 0", 168 * HOUR),
            ("@monthly", 31 * 24 * HOUR),
            // Either of the two says so.
            ("0 0 1 * 0", 168 * HOUR),
            ("0 0 */2 * *", 48 * HOUR),
            ("0 0 29 2 *", 1461 * 24 * HOUR),
        ] {
            let pause = Cron::parse(schedule).unwrap_or_else(|error| panic!("{schedule}: {error}")).longest_pause();
            assert_eq!(pause, Some(Duration::from_secs(seconds)), "{schedule}");
        }
    }

    #[test]
    fn fields_become_plain_numbers() {
        for (schedule, plain) in [
            ("0 2 * * 0", "0 2 * * 0"),
            ("0 2 * * 1-6", "0 2 * * 1,2,3,4,5,6"),
            ("*/20 0-23/6 1,15 jan-MAR *", "0,20,40 0,6,12,18 1,15 1,2,3 *"),
            ("0 0 */10 * mon", "0 0 *1,11,21,31 * 1"),
            ("@weekly", "0 0 * * 0"),
        ] {
            let cron = Cron::parse(schedule).unwrap_or_else(|error| panic!("{schedule}: {error}"));
            assert_eq!(cron.to_string(), plain, "{schedule}");
        }
    }

    #[test]
    fn what_a_cron_job_does_not_take_is_refused() {
        for (schedule, error) in [
            ("0 2 * *", "a schedule has five fields, found 4"),
            ("", "a schedule has five fields, found 0"),
            ("60 2 * * *", "`60` is no minute: 0 to 59"),
            ("0 2 * * 7", "`7` is no day of the week: 0 to 6"),
            ("0 2 0 * *", "`0` is no day of the month: 1 to 31"),
            ("0 5-2 * * *", "`5-2` ends before it begins"),
            ("*/0 * * * *", "`*/0` is no minute: 0 to 59"),
            ("0 2 30 feb *", "no day is ever like that"),
            ("@dayly", "`@dayly` is no word for a schedule; did you mean `@daily`?"),
            ("CRON_TZ=UTC 0 2 * * *", "a time zone has a value of its own, `timeZone`"),
        ] {
            assert_eq!(Cron::parse(schedule).map(|_| ()), Err(error.to_owned()), "{schedule}");
        }
    }
}

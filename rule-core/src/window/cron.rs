//! Cron expressions: `0 * * * *`, `*/5 8-18 * * mon-fri`.
//!
//! Five fields — minute, hour, day of the month, month, day of the week — each
//! `*`, a number, a range, a list of these, with a step behind `/`; months and
//! weekdays by their English names too; Sunday is 0 or 7. Where both days are
//! limited either will do, as in every cron since Vixie's [U for Splunk].

use alloc::format;
use alloc::string::String;

use crate::time::{Civil, Zone};

/// A parsed expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cron {
    minutes: u64,
    hours: u64,
    days: u64,
    months: u64,
    weekdays: u64,
    /// Is the day of the month (of the week) limited?
    day_limited: bool,
    weekday_limited: bool,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// As far ahead and back is looked for a run: February has a 29th in nine years
/// at the latest, also around 1900.
const NINE_YEARS: i64 = 9 * 366 * 86_400;

/// 9999-12-30T00:00:00Z: behind it a day ahead may be none that the calendar has.
const LAST_RUN: i64 = 253_402_128_000;

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// A message that names the field and what is wrong with it.
    pub fn parse(text: &str) -> Result<Cron, String> {
        let mut fields = text.split_whitespace();
        let mut next = |name: &str, least: u8, most: u8, names: &[&str]| match fields.next() {
            Some(field) => parse_field(field, least, most, names)
                .ok_or_else(|| format!("`{field}` is no {name} of a cron expression")),
            None => Err(format!(
                "`{}` is no cron expression: it needs five fields, as in `0 * * * *`",
                shortened(text)
            )),
        };
        let minutes = next("minute", 0, 59, &[])?;
        let hours = next("hour", 0, 23, &[])?;
        let days = next("day of the month", 1, 31, &[])?;
        let months = next("month", 1, 12, &MONTHS)?;
        let weekdays = next("day of the week", 0, 7, &WEEKDAYS)?;
        if fields.next().is_some() {
            return Err(format!(
                "`{}` has more than the five fields of cron",
                shortened(text)
            ));
        }
        let weekdays = (weekdays | weekdays >> 7) & 0x7f;
        let cron = Cron {
            minutes,
            hours,
            days,
            months,
            weekdays,
            day_limited: days != range(1, 31, 1),
            weekday_limited: weekdays != 0x7f,
        };
        // 2000 to 2008 has a leap year, and every weekday on every date that
        // one search could want.
        match cron.next(946_684_800, &Zone::utc()) {
            Some(_) => Ok(cron),
            None => Err(format!(
                "`{}` never comes: no month has that day",
                shortened(text)
            )),
        }
    }

    /// The first time at or after `from` (seconds since the epoch) that the
    /// expression names, in a zone; None where none comes in 9 years.
    #[must_use]
    #[expect(clippy::arithmetic_side_effects, reason = "seconds of a minute")]
    pub fn next(&self, from: i64, zone: &Zone) -> Option<i64> {
        let to_minute = (60 - from.rem_euclid(60)) % 60;
        let from = from.checked_add(to_minute)?;
        // Not into the last hours that the calendar has, so that it always goes on.
        let last = from.saturating_add(NINE_YEARS).min(LAST_RUN);
        let mut civil = zone.civil(from);
        loop {
            if civil.seconds() > last {
                return None;
            }
            if !has(self.months, civil.month) {
                civil = first_of_next_month(civil);
                continue;
            }
            if !self.has_day(civil) {
                civil = next_day(civil);
                continue;
            }
            if !has(self.hours, civil.hour) {
                civil = match later(self.hours, civil.hour) {
                    Some(hour) => Civil {
                        hour,
                        minute: 0,
                        ..civil
                    },
                    None => next_day(civil),
                };
                continue;
            }
            if !has(self.minutes, civil.minute) {
                civil = match later(self.minutes, civil.minute) {
                    Some(minute) => Civil { minute, ..civil },
                    None => next_hour(civil),
                };
                continue;
            }
            let seconds = zone.seconds_of(civil);
            // An hour that the zone has twice is named once; one that it skips
            // is named by the time that the clock shows instead.
            if seconds >= from {
                return Some(seconds);
            }
            civil = next_minute(civil);
        }
    }

    /// The last time at or before `to` that the expression names; None where none
    /// was in 9 years.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes back no further than some 36 years, and the place after is behind the \
                  one before"
    )]
    pub fn previous(&self, to: i64, zone: &Zone) -> Option<i64> {
        let comes_by = |from: i64| self.next(from, zone).is_some_and(|run| run <= to);
        // Twice as far each time: runs are mostly close by.
        let mut back = 60;
        let mut before = to.checked_sub(back)?;
        while !comes_by(before) {
            back *= 2;
            if back > 2 * NINE_YEARS {
                return None;
            }
            before = to.checked_sub(back)?;
        }
        // From the run itself it comes by, from a second later it does not.
        let mut after = to.checked_add(1)?;
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if comes_by(middle) {
                before = middle;
            } else {
                after = middle;
            }
        }
        self.next(before, zone)
    }

    fn has_day(&self, civil: Civil) -> bool {
        let day = has(self.days, civil.day);
        let weekday = has(self.weekdays, civil.weekday());
        if self.day_limited && self.weekday_limited {
            day || weekday
        } else {
            day && weekday
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

fn has(set: u64, value: u8) -> bool {
    set >> value & 1 == 1
}

/// The next member of a set above `value`.
#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "places in a set of 64"
)]
fn later(set: u64, value: u8) -> Option<u8> {
    let above = set.checked_shr(u32::from(value) + 1).unwrap_or(0);
    (above != 0).then(|| value + 1 + above.trailing_zeros() as u8)
}

fn range(from: u8, to: u8, step: u8) -> u64 {
    (from..=to)
        .step_by(usize::from(step.max(1)))
        .fold(0, |set, value| set | 1 << value)
}

fn parse_field(field: &str, least: u8, most: u8, names: &[&str]) -> Option<u64> {
    let mut set = 0;
    for part in field.split(',') {
        let (span, step) = match part.split_once('/') {
            Some((span, step)) => (
                span,
                Some(step.parse::<u8>().ok().filter(|step| *step > 0)?),
            ),
            None => (part, None),
        };
        let (from, to) = if span == "*" {
            (least, most)
        } else if let Some((from, to)) = span.split_once('-') {
            (
                value(from, least, most, names)?,
                value(to, least, most, names)?,
            )
        } else {
            let from = value(span, least, most, names)?;
            // `5/15` is every fifteen from five on.
            (from, if step.is_some() { most } else { from })
        };
        if from > to {
            return None;
        }
        set |= range(from, to, step.unwrap_or(1));
    }
    Some(set)
}

fn value(text: &str, least: u8, most: u8, names: &[&str]) -> Option<u8> {
    let number = match text.parse::<u8>() {
        Ok(number) => number,
        Err(_) => {
            let place = names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(text))?;
            // Months count from 1, weekdays from 0, as the least of each does.
            u8::try_from(place).ok()?.checked_add(least)?
        }
    };
    (least..=most).contains(&number).then_some(number)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "seconds of the calendar's years, far within 64 bits"
)]
fn next_minute(civil: Civil) -> Civil {
    Civil::from_seconds(civil.seconds() + 60)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "seconds of the calendar's years, far within 64 bits"
)]
fn next_hour(civil: Civil) -> Civil {
    Civil::from_seconds(Civil { minute: 0, ..civil }.seconds() + 3600)
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "seconds of the calendar's years, far within 64 bits"
)]
fn next_day(civil: Civil) -> Civil {
    Civil::from_seconds(
        Civil {
            hour: 0,
            minute: 0,
            ..civil
        }
        .seconds()
            + 86_400,
    )
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "a month below 12, or a year of four digits"
)]
fn first_of_next_month(civil: Civil) -> Civil {
    let first = Civil {
        day: 1,
        hour: 0,
        minute: 0,
        ..civil
    };
    if civil.month == 12 {
        Civil {
            year: civil.year + 1,
            month: 1,
            ..first
        }
    } else {
        Civil {
            month: civil.month + 1,
            ..first
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn the_next_run() {
        // Sunday 2021-03-14 01:40:12
        let from = 1_615_686_012;
        for (cron, wanted) in [
            ("* * * * *", "2021-03-14T01:41:00Z"),
            ("0 * * * *", "2021-03-14T02:00:00Z"),
            ("*/15 * * * *", "2021-03-14T01:45:00Z"),
            ("5/20 * * * *", "2021-03-14T01:45:00Z"),
            ("30 1 * * *", "2021-03-15T01:30:00Z"),
            ("0 0 1 * *", "2021-04-01T00:00:00Z"),
            ("0 0 29 2 *", "2024-02-29T00:00:00Z"),
            ("0 9 * * mon-fri", "2021-03-15T09:00:00Z"),
            ("0 9 * * 7", "2021-03-14T09:00:00Z"),
            ("0 9 20 * wed", "2021-03-17T09:00:00Z"),
            ("0 0 1 JAN,jul *", "2021-07-01T00:00:00Z"),
            ("59 23 31 12 *", "2021-12-31T23:59:00Z"),
        ] {
            let next = Cron::parse(cron).unwrap().next(from, &Zone::utc()).unwrap();
            assert_eq!(
                Time::from_seconds(next).rfc3339().to_string(),
                wanted,
                "{cron}"
            );
        }
        let hourly = Cron::parse("0 * * * *").unwrap();
        assert_eq!(
            hourly.next(3600, &Zone::utc()),
            Some(3600),
            "a time that is named is its own next"
        );
        let zone = Zone::parse("+05:30").unwrap();
        assert_eq!(hourly.next(0, &zone), Some(1800), "hours are the zone's");
    }

    #[test]
    fn what_is_no_expression() {
        for (text, wanted) in [
            (
                "0 * * *",
                "`0 * * *` is no cron expression: it needs five fields, as in `0 * * * *`",
            ),
            (
                "0 * * * * *",
                "`0 * * * * *` has more than the five fields of cron",
            ),
            ("60 * * * *", "`60` is no minute of a cron expression"),
            (
                "0 0 0 * *",
                "`0` is no day of the month of a cron expression",
            ),
            ("*/0 * * * *", "`*/0` is no minute of a cron expression"),
            ("9-5 * * * *", "`9-5` is no minute of a cron expression"),
            (
                "0 0 30 2 *",
                "`0 0 30 2 *` never comes: no month has that day",
            ),
            (
                "",
                "`` is no cron expression: it needs five fields, as in `0 * * * *`",
            ),
        ] {
            assert_eq!(Cron::parse(text).unwrap_err(), wanted);
        }
    }

    proptest! {
        /// Minute by minute, the definition.
        #[test]
        fn agrees_with_looking_at_each_minute(
            from in 1_600_000_000i64..1_700_000_000,
            minute in "[0-9]|\\*/7|3-9|\\*", hour in "[0-9]|\\*|\\*/5", weekday in "\\*|[0-7]|mon-wed",
        ) {
            let cron = Cron::parse(&std::format!("{minute} {hour} * * {weekday}")).unwrap();
            let next = cron.next(from, &Zone::utc()).unwrap();
            let named = |at: i64| {
                let civil = Zone::utc().civil(at);
                has(cron.minutes, civil.minute) && has(cron.hours, civil.hour) && cron.has_day(civil)
            };
            let start = from + (-from).rem_euclid(60);
            let wanted = (0..60 * 24 * 8).map(|n| start + n * 60).find(|at| named(*at));
            prop_assert_eq!(Some(next), wanted);
        }

        /// What comes next after it, and is at or before the time itself.
        #[test]
        fn previous_is_next_the_other_way(
            to in 1_600_000_000i64..1_700_000_000,
            minute in "[0-9]|\\*/7|3-9|\\*", hour in "[0-9]|\\*|\\*/5", weekday in "\\*|[0-7]|mon-wed",
        ) {
            let cron = Cron::parse(&std::format!("{minute} {hour} * * {weekday}")).unwrap();
            let utc = Zone::utc();
            let previous = cron.previous(to, &utc).unwrap();
            prop_assert!(previous <= to);
            prop_assert_eq!(cron.next(previous, &utc), Some(previous));
            prop_assert!(cron.next(previous + 1, &utc).unwrap() > to);
        }

        #[test]
        fn never_panics(text in "[0-9*/,a-z -]{0,30}", from: i64) {
            if let Ok(cron) = Cron::parse(&text) {
                let _ = cron.next(from, &Zone::utc());
                let _ = cron.previous(from, &Zone::utc());
            }
        }
    }
}

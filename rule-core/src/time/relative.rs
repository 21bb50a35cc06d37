//! Relative time modifiers: `-70m@m`, `-1d@d`, `now`.
//!
//! From the Search Manual, "Time modifiers": offsets and snaps, worked off from
//! left to right; a snap goes back to the start of its unit, in the user's
//! zone; `@w0` (and `@w`, `@w7`) is Sunday.

use alloc::string::String;
use alloc::vec::Vec;

use super::calendar::{Civil, days_in_month};
use super::zone::Zone;

/// A parsed modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    base: Base,
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// Relative to the time of the run.
    Now,
    /// A fixed number of seconds since the epoch.
    Epoch(i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Shift(i64, Unit),
    Snap(Unit),
    SnapToWeekday(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// Why a text is no time modifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelativeError {
    text: String,
}

impl core::fmt::Display for RelativeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "`{}` is no relative time: write it as `-70m@m`, `-1d@d` or `now`",
            self.text
        )
    }
}

impl Relative {
    /// Reads a modifier: `now`, the empty text (now), `0` or any number of
    /// seconds since the epoch, offsets (`-70m`, `+1d`) and snaps (`@h`, `@w1`)
    /// one after the other.
    ///
    /// # Errors
    /// Any other text, and more than eight parts.
    pub fn parse(text: &str) -> Result<Self, RelativeError> {
        let error = || RelativeError {
            text: text.chars().take(80).collect(),
        };
        let trimmed = text.trim();
        if !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit()) {
            let seconds = trimmed.parse().map_err(|_| error())?;
            return Ok(Relative {
                base: Base::Epoch(seconds),
                steps: Vec::new(),
            });
        }
        let mut rest = trimmed.strip_prefix("now").unwrap_or(trimmed);
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let (step, after) = step(rest).ok_or_else(error)?;
            steps.push(step);
            rest = after;
            if steps.len() > 8 {
                return Err(error());
            }
        }
        Ok(Relative {
            base: Base::Now,
            steps,
        })
    }

    /// The seconds since the epoch that the modifier means for a run at `now`.
    #[must_use]
    pub fn at(&self, now: i64, zone: &Zone) -> i64 {
        let start = match self.base {
            Base::Now => now,
            Base::Epoch(seconds) => seconds,
        };
        self.steps
            .iter()
            .fold(start, |seconds, step| step.apply(seconds, zone))
    }
}

/// One offset or snap off the front of `text`.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a number that is read without its sign is no less than 0"
)]
fn step(text: &str) -> Option<(Step, &str)> {
    if let Some(after) = text.strip_prefix('@') {
        let length = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (name, rest) = after.split_at(length);
        let weekday = name
            .strip_prefix('w')
            .and_then(|day| day.parse::<u8>().ok());
        let step = match weekday {
            Some(day @ 0..=7) => Step::SnapToWeekday(day % 7),
            Some(_) => return None,
            None => match unit(name)? {
                Unit::Week => Step::SnapToWeekday(0),
                unit => Step::Snap(unit),
            },
        };
        return Some((step, rest));
    }
    let (sign, after) = match text.split_at_checked(1)? {
        ("-", after) => (-1, after),
        ("+", after) => (1, after),
        _ => return None,
    };
    let digits = after.bytes().take_while(u8::is_ascii_digit).count();
    let (count, after) = after.split_at(digits);
    // A sign without a number is one: `-h` is `-1h`. A billion seconds or
    // years is the most that can mean anything.
    let count: i64 = if count.is_empty() {
        1
    } else {
        count.parse().ok()?
    };
    let letters = after.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (name, rest) = after.split_at(letters);
    let unit = if name.is_empty() {
        Unit::Second
    } else {
        unit(name)?
    };
    (count <= 1_000_000_000).then_some((Step::Shift(sign * count, unit), rest))
}

fn unit(name: &str) -> Option<Unit> {
    Some(match name {
        "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
        "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
        "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
        "d" | "day" | "days" => Unit::Day,
        "w" | "week" | "weeks" => Unit::Week,
        "mon" | "month" | "months" => Unit::Month,
        "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Unit::Quarter,
        "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
        _ => return None,
    })
}

impl Step {
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a count is a billion at the most, and a day of the week below 7"
    )]
    fn apply(self, seconds: i64, zone: &Zone) -> i64 {
        match self {
            Step::Shift(count, Unit::Second) => seconds.saturating_add(count),
            Step::Shift(count, Unit::Minute) => seconds.saturating_add(count * 60),
            Step::Shift(count, Unit::Hour) => seconds.saturating_add(count * 3600),
            // From a day up an offset keeps the time of day, so that a day of
            // 23 hours is a day.
            Step::Shift(count, Unit::Day) => shift_days(seconds, count, zone),
            Step::Shift(count, Unit::Week) => shift_days(seconds, count * 7, zone),
            Step::Shift(count, Unit::Month) => shift_months(seconds, count, zone),
            Step::Shift(count, Unit::Quarter) => shift_months(seconds, count * 3, zone),
            Step::Shift(count, Unit::Year) => shift_months(seconds, count * 12, zone),
            Step::Snap(unit) => snap(seconds, unit, zone),
            Step::SnapToWeekday(day) => {
                let midnight = snap(seconds, Unit::Day, zone);
                let today = i64::from(zone.civil(midnight).weekday());
                shift_days(midnight, -(today - i64::from(day)).rem_euclid(7), zone)
            }
        }
    }
}

fn shift_days(seconds: i64, days: i64, zone: &Zone) -> i64 {
    let local = zone.civil(seconds).seconds();
    zone.seconds_of(Civil::from_seconds(
        local.saturating_add(days.saturating_mul(86_400)),
    ))
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    reason = "a year has four digits, a count is a few billion at the most, and a month of a \
              year is below 13"
)]
fn shift_months(seconds: i64, months: i64, zone: &Zone) -> i64 {
    let civil = zone.civil(seconds);
    let count = civil.year * 12 + i64::from(civil.month) - 1 + months;
    let year = count.div_euclid(12).clamp(-9999, 9999);
    let month = (count.rem_euclid(12) + 1) as u8;
    let day = civil.day.min(days_in_month(year, month));
    zone.seconds_of(Civil {
        year,
        month,
        day,
        ..civil
    })
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "parts of a date and time, which are small, of a month that is not 0"
)]
fn snap(seconds: i64, unit: Unit, zone: &Zone) -> i64 {
    let civil = zone.civil(seconds);
    let snapped = match unit {
        Unit::Second => return seconds,
        // Within an hour the offset of a zone does not change its minutes, but
        // an hour that comes twice must not become one: so no way over local
        // time here.
        Unit::Minute => return seconds.saturating_sub(i64::from(civil.second)),
        Unit::Hour => {
            let of_hour = i64::from(civil.second) + i64::from(civil.minute) * 60;
            return seconds.saturating_sub(of_hour);
        }
        Unit::Day | Unit::Week => civil,
        Unit::Month => Civil { day: 1, ..civil },
        Unit::Quarter => Civil {
            day: 1,
            month: (civil.month.max(1) - 1) / 3 * 3 + 1,
            ..civil
        },
        Unit::Year => Civil {
            day: 1,
            month: 1,
            ..civil
        },
    };
    zone.seconds_of(Civil {
        hour: 0,
        minute: 0,
        second: 0,
        ..snapped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Time;
    use proptest::prelude::*;
    use std::string::ToString;

    #[test]
    fn modifiers() {
        // Wednesday 2021-03-17 12:34:56 UTC
        let now = 1_615_984_496;
        for (text, wanted) in [
            ("now", "2021-03-17T12:34:56Z"),
            ("", "2021-03-17T12:34:56Z"),
            ("-70m@m", "2021-03-17T11:24:00Z"),
            ("-10m@m", "2021-03-17T12:24:00Z"),
            ("-1d@d", "2021-03-16T00:00:00Z"),
            ("-30d", "2021-02-15T12:34:56Z"),
            ("@w0", "2021-03-14T00:00:00Z"),
            ("@w1", "2021-03-15T00:00:00Z"),
            ("-1w@w", "2021-03-07T00:00:00Z"),
            ("-1mon@mon", "2021-02-01T00:00:00Z"),
            ("@q", "2021-01-01T00:00:00Z"),
            ("-1y@y", "2020-01-01T00:00:00Z"),
            ("-h", "2021-03-17T11:34:56Z"),
            ("@d+8h", "2021-03-17T08:00:00Z"),
            ("now-5m", "2021-03-17T12:29:56Z"),
            ("0", "1970-01-01T00:00:00Z"),
            ("1615686012", "2021-03-14T01:40:12Z"),
        ] {
            let relative = Relative::parse(text).unwrap();
            let at = Time::from_seconds(relative.at(now, &Zone::utc()));
            assert_eq!(at.rfc3339().to_string(), wanted, "{text}");
        }
        // the 31st of a month goes to the last day of a shorter one
        let relative = Relative::parse("-1mon").unwrap();
        let march_31 = 1_617_148_800;
        let at = Time::from_seconds(relative.at(march_31, &Zone::utc()));
        assert_eq!(at.rfc3339().to_string(), "2021-02-28T00:00:00Z");
    }

    #[test]
    fn days_follow_the_zone() {
        let zone = Zone::parse("CET-1CEST,M3.5.0,M10.5.0/3").unwrap();
        // 2021-03-28 12:00 CEST: the day that has 23 hours
        let now = 1_616_925_600;
        for (text, wanted) in [
            ("@d", "2021-03-27T23:00:00Z"),
            ("-1d", "2021-03-27T11:00:00Z"),
            ("+1d@d", "2021-03-28T22:00:00Z"),
        ] {
            let at = Time::from_seconds(Relative::parse(text).unwrap().at(now, &zone));
            assert_eq!(at.rfc3339().to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "tomorrow",
            "-70x",
            "@",
            "70m",
            "-1d@@d",
            "@w9",
            "-9999999999s",
            "-m-m-m-m-m-m-m-m-m",
        ] {
            assert!(Relative::parse(text).is_err(), "{text}");
        }
        let error = Relative::parse("-70x").unwrap_err().to_string();
        assert_eq!(
            error,
            "`-70x` is no relative time: write it as `-70m@m`, `-1d@d` or `now`"
        );
    }

    proptest! {
        #[test]
        fn never_panics(text in "(now)?([-+@][0-9]{0,11}[a-z]{0,4}){0,4}", now: i64) {
            if let Ok(relative) = Relative::parse(&text) {
                let _ = relative.at(now, &Zone::utc());
            }
        }
    }
}

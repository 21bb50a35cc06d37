//! Spans of time and of numbers.

use crate::time::{Civil, Time, Zone};

/// The length of a span.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// A number without a unit; of `_time` seconds.
    Plain(f64),
    /// So many milliseconds.
    Millis(i64),
    /// So many days of the user.
    Days(i64),
    /// So many months of the user.
    Months(i64),
}

impl Span {
    /// Reads a span: `10`, `5m`, `1hr`, `1d`, `1mon`. None for any other text, a
    /// logarithmic span among them.
    #[must_use]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a count is a billion at the most"
    )]
    pub fn parse(text: &str) -> Option<Span> {
        let digits = text
            .bytes()
            .take_while(|byte| byte.is_ascii_digit() || *byte == b'.')
            .count();
        let (number, unit) = text.split_at_checked(digits)?;
        if unit.is_empty() {
            let length: f64 = number.parse().ok()?;
            return (length.is_finite() && length > 0.0).then_some(Span::Plain(length));
        }
        let count: i64 = if number.is_empty() {
            1
        } else {
            number.parse().ok()?
        };
        if !(1..=1_000_000_000).contains(&count) {
            return None;
        }
        Some(match unit {
            "ms" => Span::Millis(count),
            "cs" => Span::Millis(count * 10),
            "ds" => Span::Millis(count * 100),
            "s" | "sec" | "secs" | "second" | "seconds" => Span::Millis(count * 1000),
            "m" | "min" | "mins" | "minute" | "minutes" => Span::Millis(count * 60_000),
            "h" | "hr" | "hrs" | "hour" | "hours" => Span::Millis(count * 3_600_000),
            "d" | "day" | "days" => Span::Days(count),
            // A week is seven days from the epoch's, a Thursday [U].
            "w" | "week" | "weeks" => Span::Days(count * 7),
            "mon" | "month" | "months" => Span::Months(count),
            _ => return None,
        })
    }

    /// How long it is in milliseconds; a month as 30 days.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a double beyond i64 comes to its end"
    )]
    pub(crate) fn millis(self) -> i64 {
        const DAY_MILLIS: i64 = DAY * 1000;
        match self {
            Span::Plain(seconds) => (seconds * 1000.0) as i64,
            Span::Millis(length) => length,
            Span::Days(count) => count.saturating_mul(DAY_MILLIS),
            Span::Months(count) => count.saturating_mul(30 * DAY_MILLIS),
        }
    }

    /// Where the span begins that a time lies in.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "seconds of 64 bits in 128, days and months of the calendar, and counts that \
                  are from 1 to seven billion; a double beyond i64 comes to its end, the \
                  rest of a second is below 1000, and a month below 12"
    )]
    pub(super) fn start(self, time: Time, zone: &Zone) -> Time {
        match self {
            Span::Plain(seconds) => Span::Millis((seconds * 1000.0) as i64).start(time, zone),
            Span::Millis(length) => {
                let length = i128::from(length.max(1));
                let millis =
                    i128::from(time.seconds()) * 1000 + i128::from(time.nanos() / 1_000_000);
                let start = millis.div_euclid(length) * length;
                let rest = start.rem_euclid(1000) as u32;
                let digits = if rest == 0 { 0 } else { 3 };
                let seconds = i64::try_from(start.div_euclid(1000)).unwrap_or(time.seconds());
                Time::new(seconds, rest * 1_000_000, digits)
            }
            Span::Days(count) => {
                let days = zone.civil(time.seconds()).seconds().div_euclid(DAY);
                let start = days.div_euclid(count) * count;
                Time::from_seconds(zone.seconds_of(Civil::from_seconds(start.saturating_mul(DAY))))
            }
            Span::Months(count) => {
                let civil = zone.civil(time.seconds());
                let months = civil.year * 12 + i64::from(civil.month) - 1;
                // From the months of 1970 on, as all else is from the epoch [U].
                let start = EPOCH_MONTHS + (months - EPOCH_MONTHS).div_euclid(count) * count;
                Time::from_seconds(zone.seconds_of(Civil {
                    year: start.div_euclid(12),
                    month: start.rem_euclid(12) as u8 + 1,
                    day: 1,
                    hour: 0,
                    minute: 0,
                    second: 0,
                }))
            }
        }
    }
}

const DAY: i64 = 86_400;
const EPOCH_MONTHS: i64 = 1970 * 12;

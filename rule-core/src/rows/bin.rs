//! `bin`, `bucket`: the start of the span that a value lies in.

use alloc::format;
use alloc::string::{String, ToString};

use super::command::Context;
use super::row::Row;
use crate::time::{Civil, Time, Zone};
use crate::value::{Number, Value};

/// One `bin field span=... AS name` [Search Reference, "bin"]. Spans begin at the
/// epoch, and those of a day and more at the user's midnight. What is no number
/// stays as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Bin {
    /// The field.
    pub field: String,
    /// Where the result goes, if not into the field itself.
    pub alias: Option<String>,
    /// How long a span is.
    pub span: Span,
}

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

    /// Where the span begins that a time lies in.
    fn start(self, time: Time, zone: &Zone) -> Time {
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

impl Bin {
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let value = row.get(&self.field);
        if value.is_null() {
            return;
        }
        let binned = value.each().iter().map(|one| self.start(one, context.zone));
        let binned = Value::from_list(binned.collect());
        row.set(self.alias.as_deref().unwrap_or(&self.field), binned);
    }

    fn start(&self, value: &Value, zone: &Zone) -> Value {
        let Some(number) = value.number() else {
            return value.clone();
        };
        match self.span {
            // A number that is no time shows the span from its begin to its end [U].
            Span::Plain(length) if self.field != "_time" => range(number, length),
            span => match (number, number.as_time()) {
                (_, None) => value.clone(),
                (Number::Time(_), Some(time)) => {
                    Value::Number(Number::Time(span.start(time, zone)))
                }
                (_, Some(time)) => {
                    let start = span.start(time, zone);
                    Value::Number(match start.nanos() {
                        0 => Number::Int(start.seconds()),
                        _ => Number::Time(start),
                    })
                }
            },
        }
    }
}

/// `10-20` for 12 and a length of 10.
fn range(number: Number, length: f64) -> Value {
    let value = number.as_f64();
    let start = value - modulo(value, length);
    let texts =
        [start, start + length].map(|edge| Number::from_f64(edge).map(|number| number.to_string()));
    match texts {
        [Some(from), Some(to)] => Value::Text(format!("{from}-{to}")),
        _ => Value::Number(number),
    }
}

/// What is left of a division, never below zero: `rem_euclid` is not in core.
fn modulo(value: f64, length: f64) -> f64 {
    let rest = value % length;
    if rest < 0.0 { rest + length } else { rest }
}

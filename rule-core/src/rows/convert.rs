//! `convert`: numbers as times in text, and texts as numbers.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::command::Context;
use super::room::Room;
use super::row::Row;
use crate::search::NamePattern;
use crate::time::{strftime, strptime};
use crate::value::{Number, Value, parse_number};

/// One `ctime(field) AS name` [Search Reference, "convert"]. What cannot be converted
/// stays as it is `[U]`, but where the function says otherwise; null stays null `[U]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convert {
    /// What is done.
    pub function: Conversion,
    /// The field that is converted.
    pub field: NamePattern,
    /// Where the result goes, if not into the field itself.
    pub alias: Option<String>,
    /// The format of times.
    pub format: Arc<str>,
    /// What `none()` leaves out of a pattern.
    pub except: Arc<[NamePattern]>,
}

/// A function of `convert`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `ctime`: seconds since the epoch as text, by a format of [`strftime`], in the
    /// user's zone. The fraction is cut off [by example].
    Ctime,
    /// `mktime`: the other way round.
    Mktime,
    /// `auto`: numbers, with commas or without, if all values are such.
    Auto,
    /// `num`: the same, and what is none goes.
    Num,
    /// `rmcomma`: without commas.
    RmComma,
    /// `rmunit`: the number that a text begins with.
    RmUnit,
    /// `dur2sec`: `[D+]HH:MM:SS` in seconds.
    Dur2Sec,
    /// `mstime`: `[MM:]SS.SSS` in seconds.
    MsTime,
    /// `memk`: a number with `k`, `m` or `g` behind it in kilobytes; `k` where none is.
    MemK,
}

impl Conversion {
    /// The function of a name, in lower case; `none` is none.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Conversion> {
        Some(match name {
            "ctime" => Conversion::Ctime,
            "mktime" => Conversion::Mktime,
            "auto" => Conversion::Auto,
            "num" => Conversion::Num,
            "rmcomma" => Conversion::RmComma,
            "rmunit" => Conversion::RmUnit,
            "dur2sec" => Conversion::Dur2Sec,
            "mstime" => Conversion::MsTime,
            "memk" => Conversion::MemK,
            _ => return None,
        })
    }
}

impl Convert {
    /// The format where none is given [Search Reference, "convert"].
    pub const DEFAULT_FORMAT: &'static str = "%m/%d/%Y %H:%M:%S";

    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>, room: &mut Room<'_>) {
        let names: Vec<String> = match self.field.literal() {
            Some(name) => alloc::vec![String::from(name)],
            None => row
                .columns()
                .iter()
                .map(|(name, _)| name)
                .filter(|name| self.field.matches(name))
                .filter(|name| !self.except.iter().any(|none| none.matches(name)))
                .cloned()
                .collect(),
        };
        for name in names {
            let value = row.get(&name);
            if value.is_null() {
                continue;
            }
            let each = value.each().iter();
            let converted: Vec<Option<Value>> =
                each.map(|one| self.converted(one, context)).collect();
            let all = converted.iter().all(Option::is_some);
            let pairs = converted.into_iter().zip(value.each());
            let values = pairs.filter_map(|(converted, value)| match self.function {
                Conversion::Num => converted,
                Conversion::Auto if !all => Some(value.clone()),
                _ => Some(converted.unwrap_or_else(|| value.clone())),
            });
            let values = Value::from_list(values.collect());
            room.set(row, self.alias.as_deref().unwrap_or(&name), values);
        }
    }

    fn converted(&self, value: &Value, context: &Context<'_>) -> Option<Value> {
        if self.function == Conversion::Ctime {
            let time = value.number()?.as_time()?;
            return Some(Value::Text(strftime(time, &self.format, context.zone)));
        }
        let text = value.text()?;
        Some(match self.function {
            Conversion::Ctime => return None,
            Conversion::Mktime => {
                let time = strptime(&text, &self.format, context.zone)?;
                Value::Number(match time.nanos() {
                    0 => Number::Int(time.seconds()),
                    _ => Number::Time(time),
                })
            }
            Conversion::RmComma => Value::Text(text.replace(',', "")),
            Conversion::RmUnit => Value::Number(leading(&text)?.0),
            Conversion::Auto | Conversion::Num => match value.number() {
                Some(number) => Value::Number(number),
                None => Value::Number(parse_number(&text.replace(',', ""))?),
            },
            Conversion::Dur2Sec => Value::Number(duration(&text)?),
            Conversion::MsTime => {
                let (minutes, seconds) = text.split_once(':').unwrap_or(("0", &text));
                sum(&[(minutes, 60.0), (seconds, 1.0)])?
            }
            Conversion::MemK => {
                let (number, unit) = leading(&text)?;
                let times = match unit {
                    "" | "k" | "K" => 1.0,
                    "m" | "M" => 1024.0,
                    "g" | "G" => 1_048_576.0,
                    _ => return None,
                };
                Value::Number(Number::from_f64(number.as_f64() * times)?)
            }
        })
    }
}

/// The number that a text begins with, and what is behind it.
fn leading(text: &str) -> Option<(Number, &str)> {
    let end = text
        .find(|next: char| !(next.is_ascii_digit() || matches!(next, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(end)?;
    Some((parse_number(number)?, rest.trim_start()))
}

/// Seconds of `1+02:03:04`.
fn duration(text: &str) -> Option<Number> {
    let (days, rest) = text.split_once('+').unwrap_or(("0", text));
    let mut parts = rest.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next()?);
    let all = [
        (days, 86_400.0),
        (hours, 3600.0),
        (minutes, 60.0),
        (seconds, 1.0),
    ];
    match parts.next() {
        None => sum(&all)?.number(),
        Some(_) => None,
    }
}

fn sum(parts: &[(&str, f64)]) -> Option<Value> {
    let mut total = 0.0;
    for (text, times) in parts {
        total += parse_number(text)?.as_f64() * times;
    }
    Number::from_f64(total).map(Value::Number)
}

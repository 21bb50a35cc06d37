//! `bin`, `bucket`: the start of the span that a value lies in.

use alloc::format;
use alloc::string::String;

use super::command::Context;
use super::edges::{Edges, Log};
use super::fitted::Fitted;
use super::row::Row;
use super::span::Span;
use crate::time::Zone;
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
    pub size: Size,
}

/// How long the spans of a `bin` are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Size {
    /// All as long as this.
    Span(Span),
    /// Each so many times as long as the one before.
    Log(Log),
    /// As long as the values of all rows ask for.
    Fitted(Fitted),
}

/// What values are put into.
enum Spans {
    Times(Span),
    Numbers(Edges),
}

impl Bin {
    pub(super) fn apply(&self, rows: &mut [Row], context: &Context<'_>) {
        let Some(spans) = self.spans(rows, context.zone) else {
            return;
        };
        for row in rows {
            let value = row.get(&self.field);
            if value.is_null() {
                continue;
            }
            let binned = value.each().iter();
            let binned = binned.map(|one| start(one, &spans, context.zone));
            let binned = Value::from_list(binned.collect());
            row.set(self.alias.as_deref().unwrap_or(&self.field), binned);
        }
    }

    /// None where no row has a number, and there is nothing to put into spans.
    fn spans(&self, rows: &[Row], zone: &Zone) -> Option<Spans> {
        let is_time = self.field == "_time";
        match self.size {
            // A number that is no time shows the span from its begin to its end [U].
            Size::Span(Span::Plain(length)) if !is_time => {
                Some(Spans::Numbers(Edges::Length(length)))
            }
            Size::Span(span) => Some(Spans::Times(span)),
            Size::Log(log) => Some(Spans::Numbers(Edges::Log(log))),
            Size::Fitted(fitted) => {
                let values = rows.iter().flat_map(|row| row.get(&self.field).each());
                let numbers = values.filter_map(Value::number);
                let (first, last) = numbers.fold(None, |known, number| match known {
                    None => Some((number, number)),
                    Some((first, last)) => Some((number.min(first), number.max(last))),
                })?;
                Some(match is_time || fitted.is_of_times() {
                    true => Spans::Times(fitted.of_times(first.as_time()?, last.as_time()?, zone)),
                    false => Spans::Numbers(fitted.of_numbers(first.as_f64(), last.as_f64())),
                })
            }
        }
    }
}

fn start(value: &Value, spans: &Spans, zone: &Zone) -> Value {
    let Some(number) = value.number() else {
        return value.clone();
    };
    match spans {
        Spans::Numbers(edges) => range(number, *edges).unwrap_or_else(|| value.clone()),
        Spans::Times(span) => match (number, number.as_time()) {
            (_, None) => value.clone(),
            (Number::Time(_), Some(time)) => Value::Number(Number::Time(span.start(time, zone))),
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

/// `10-20` for 12 and a length of 10; None where there are no such edges.
fn range(number: Number, edges: Edges) -> Option<Value> {
    let (from, to) = edges.around(number.as_f64())?;
    let (from, to) = (Number::from_f64(from)?, Number::from_f64(to)?);
    Some(Value::Text(format!("{from}-{to}")))
}

//! Functions of times.

use super::Arguments;
use crate::rows::eval::list;
use crate::time::{Relative, Time, strftime, strptime};
use crate::value::{Number, Value};

/// A function of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// `now()`, and `time()`: when the search was scheduled to run. In Splunk `time()` is
    /// the clock's time while an event is read; nothing here reads a clock.
    Now,
    /// `relative_time(time, "-1d@d")`: a fraction of a second is cut off `[U]`.
    Relative,
    /// `strftime(time, "format")`, in the user's zone.
    Format,
    /// `strptime(text, "format")`, in the user's zone where the text says none.
    Parse,
}

/// The longest format that times are written by, in bytes: each of its letters may be
/// many of the text.
const MAX_FORMAT: usize = 1000;

impl Clock {
    pub(super) fn call(self, arguments: &Arguments<'_>) -> Option<Value> {
        let (context, steps) = (arguments.view.context, arguments.view.steps);
        match self {
            Clock::Now => Some(Value::Number(Number::Int(context.now?))),
            Clock::Relative => {
                let time = time(&arguments.value(0))?;
                let modifier = Relative::parse(&arguments.text(1)?).ok()?;
                let at = modifier.at(time.seconds(), context.zone);
                Some(Value::Number(Number::Int(at)))
            }
            Clock::Format => {
                let format = arguments.text(1)?;
                if format.len() > MAX_FORMAT {
                    steps.leave_out();
                    return None;
                }
                Some(list::map(&arguments.value(0), steps, |one| {
                    time(one).map_or(Value::Null, |time| {
                        Value::Text(strftime(time, &format, context.zone))
                    })
                }))
            }
            Clock::Parse => {
                let format = arguments.text(1)?;
                Some(list::map(&arguments.value(0), steps, |one| {
                    one.text()
                        .and_then(|text| strptime(&text, &format, context.zone))
                        .map_or(Value::Null, |time| Value::Number(number(time)))
                }))
            }
        }
    }
}

fn time(value: &Value) -> Option<Time> {
    value.number().and_then(Number::as_time)
}

/// Whole seconds are a whole number.
fn number(time: Time) -> Number {
    match time.nanos() {
        0 => Number::Int(time.seconds()),
        _ => Number::Time(time),
    }
}

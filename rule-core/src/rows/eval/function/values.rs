//! Functions of fields with several values. A single value is a field of one.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::Arguments;
use super::pattern::Computed;
use crate::rows::eval::list::List;
use crate::rows::eval::{MAX_TEXT, Operator, Outcome, Regex};
use crate::rows::steps::Steps;
use crate::time::Relative;
use crate::value::{Number, Value};

/// A function of several values.
#[derive(Clone, Debug)]
pub enum ValuesFunction {
    /// `mvappend(x, ...)`
    Append,
    /// `mvcount(x)`; null of null.
    Count,
    /// `mvdedup(x)`: the first of each.
    Dedup,
    /// `mvfilter(condition)`: the values of its one field for which it is true.
    Filter(String),
    /// `mvfind(x, "regex")`: the place of the first that matches, from 0.
    Find(Regex),
    /// `mvfind` with an expression that is computed.
    FindComputed(Computed),
    /// `mvindex(x, first, last)`: from 0, from the end where negative.
    Index,
    /// `mvjoin(x, "delimiter")`
    Join,
    /// `mvmap(field, expression)`: of each value of the field.
    Map(String),
    /// `mvrange(first, end, step)`: the end is not in it.
    Range,
    /// `mvsort(x)`: as texts.
    Sort,
    /// `mvzip(x, y, "delimiter")`: as many as there are of both.
    Zip,
}

impl ValuesFunction {
    pub(super) fn call(&self, arguments: &Arguments<'_>) -> Option<Value> {
        match self {
            ValuesFunction::Append => {
                let mut list = List::new(arguments.view.steps);
                for index in 0..arguments.all.len() {
                    list.push(arguments.value(index))?;
                }
                Some(list.into_value())
            }
            ValuesFunction::Count => {
                let value = arguments.value(0);
                (!value.is_null()).then(|| place(value.each().len()))
            }
            ValuesFunction::Dedup => {
                let mut known: BTreeSet<String> = BTreeSet::new();
                let mut values = into_values(arguments.value(0));
                values.retain(|one| {
                    one.text()
                        .is_some_and(|text| known.insert(text.into_owned()))
                });
                Some(Value::from_list(values))
            }
            ValuesFunction::Filter(field) => {
                let condition = arguments.all.first()?;
                let mut values = into_values(arguments.view.get(field).clone());
                values.retain(|one| {
                    condition.run(&arguments.view.with(field, one)).truth() == Some(true)
                });
                Some(Value::from_list(values))
            }
            ValuesFunction::Find(regex) => find(regex, &arguments.value(0), arguments.view.steps),
            ValuesFunction::FindComputed(cache) => {
                let value = arguments.value(0);
                let steps = arguments.view.steps;
                cache.with(&arguments.text(1)?, steps, |regex| {
                    find(regex, &value, steps)
                })?
            }
            ValuesFunction::Index => index(arguments),
            ValuesFunction::Join => join(
                &arguments.value(0),
                &arguments.text(1)?,
                arguments.view.steps,
            ),
            ValuesFunction::Map(field) => {
                let expression = arguments.all.get(1)?;
                let value = arguments.view.get(field);
                let mut list = List::new(arguments.view.steps);
                for one in value.each() {
                    if let Outcome::Value(value) = expression.run(&arguments.view.with(field, one))
                    {
                        list.push(value)?;
                    }
                }
                Some(list.into_value())
            }
            ValuesFunction::Range => range(arguments),
            ValuesFunction::Sort => {
                let mut values = into_values(arguments.value(0));
                crate::entries::sort(&mut values, |a, b| a.text().cmp(&b.text()));
                Some(Value::from_list(values))
            }
            ValuesFunction::Zip => {
                let delimiter = match arguments.all.get(2) {
                    Some(_) => arguments.text(2)?,
                    None => String::from(","),
                };
                let (left, right) = (arguments.value(0), arguments.value(1));
                let mut list = List::new(arguments.view.steps);
                for (left, right) in left.each().iter().zip(right.each()) {
                    let mut text = left.text()?.into_owned();
                    push(&mut text, &delimiter, arguments.view.steps)?;
                    push(&mut text, &right.text()?, arguments.view.steps)?;
                    list.push(Value::Text(text))?;
                }
                Some(list.into_value())
            }
        }
    }
}

fn into_values(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Many(values) => values,
        one => alloc::vec![one],
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn place(index: usize) -> Value {
    Value::Number(Number::Int(whole(index)))
}

fn find(regex: &Regex, value: &Value, steps: &Steps<'_>) -> Option<Value> {
    let mut texts = value.each().iter().map(Value::text);
    let found = texts.position(|text| text.is_some_and(|text| regex.is_match(&text, steps)));
    found.map(place)
}

/// One value, or those from the first to the last. A range that goes beyond the values is
/// cut to what there is of them `[U]`: searches ask for the first ten of fewer.
fn index(arguments: &Arguments<'_>) -> Option<Value> {
    let mut values = into_values(arguments.value(0));
    let count = whole(values.len());
    let from_start = |index: i64| {
        if index < 0 {
            index.saturating_add(count)
        } else {
            index
        }
    };
    let first = from_start(arguments.whole(1)?);
    let last = match arguments.all.get(2) {
        Some(_) => from_start(arguments.whole(2)?).min(count.saturating_sub(1)),
        None if first < 0 => return None,
        None => first,
    };
    let first = usize::try_from(first.max(0)).ok()?;
    let last = usize::try_from(last).ok()?;
    values.truncate(last.saturating_add(1));
    values.drain(..first.min(values.len()));
    Some(Value::from_list(values))
}

fn join(value: &Value, delimiter: &str, steps: &Steps<'_>) -> Option<Value> {
    let mut texts = value.each().iter().filter_map(Value::text);
    let mut out = texts.next()?.into_owned();
    for text in texts {
        push(&mut out, delimiter, steps)?;
        push(&mut out, &text, steps)?;
    }
    Some(Value::Text(out))
}

fn push(out: &mut String, part: &str, steps: &Steps<'_>) -> Option<()> {
    if out.len().saturating_add(part.len()) > MAX_TEXT {
        steps.leave_out();
        return None;
    }
    out.push_str(part);
    Some(())
}

/// The numbers from the first to before the end, by a step, which may be a span of time
/// such as `7d`.
fn range(arguments: &Arguments<'_>) -> Option<Value> {
    let (mut next, end) = (arguments.number(0)?, arguments.number(1)?);
    let zone = arguments.view.context.zone;
    let step = match arguments.all.get(2) {
        Some(_) => arguments.value(2),
        None => Value::Number(Number::Int(1)),
    };
    let span = match step.number() {
        Some(_) => None,
        None => Some(Relative::parse(&alloc::format!("+{}", step.text()?)).ok()?),
    };
    let mut list = List::new(arguments.view.steps);
    let downwards = step.number().is_some_and(|step| step < Number::Int(0));
    while if downwards { next > end } else { next < end } {
        list.push(Value::Number(next))?;
        let after = match (&span, step.number()) {
            (Some(span), _) => Number::Int(span.at(next.as_time()?.seconds(), zone)),
            (None, step) => Operator::Add.compute(next, step?)?,
        };
        // A step of nothing would go on for ever.
        if after == next {
            return None;
        }
        next = after;
    }
    Some(list.into_value())
}

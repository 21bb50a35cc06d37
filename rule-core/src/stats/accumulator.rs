//! The functions of `stats`, and what each keeps of a group.

use alloc::boxed::Box;

use super::Item;
use super::distinct::Distinct;
use super::extreme::{Extreme, Side};
use super::recent::{List, One};
use super::size;
use super::sum::Sum;
use crate::time::Time;
use crate::value::{Number, Value};

/// A function of `stats` [Search Reference, "Statistical and charting
/// functions"].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `count`, `c`: events, or occurrences of a field.
    Count,
    /// `dc`, `distinct_count`
    DistinctCount,
    /// `values`
    Values,
    /// `min`
    Min,
    /// `max`
    Max,
    /// `sum`
    Sum,
    /// `avg`, `mean`
    Average,
    /// `earliest`: the value of the earliest event.
    Earliest,
    /// `latest`
    Latest,
    /// `first`: in the order of a search, so of the newest event.
    First,
    /// `last`: of the oldest event.
    Last,
    /// `list`: the newest 100.
    List,
}

impl Function {
    /// The function of a name, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Function> {
        Some(match name {
            "count" | "c" => Function::Count,
            "dc" | "distinct_count" => Function::DistinctCount,
            "values" => Function::Values,
            "min" => Function::Min,
            "max" => Function::Max,
            "sum" => Function::Sum,
            "avg" | "mean" => Function::Average,
            "earliest" => Function::Earliest,
            "latest" => Function::Latest,
            "first" => Function::First,
            "last" => Function::Last,
            "list" => Function::List,
            _ => return None,
        })
    }
}

/// What is kept of one group for one function. `count`, `min` and `max` are in
/// nearly every published search, so what is larger than those needs is boxed.
#[derive(Clone, Debug)]
pub(super) enum Accumulator {
    Count(u64),
    DistinctCount(Distinct),
    Values(Distinct),
    Extreme(Extreme),
    Sum(Box<Sum>),
    Average(Box<Sum>),
    One(Box<One>),
    List(List),
}

impl Accumulator {
    pub(super) fn new(function: Function) -> Self {
        match function {
            Function::Count => Accumulator::Count(0),
            Function::DistinctCount => Accumulator::DistinctCount(Distinct::default()),
            Function::Values => Accumulator::Values(Distinct::default()),
            Function::Min => Accumulator::Extreme(Extreme::new(Side::Least)),
            Function::Max => Accumulator::Extreme(Extreme::new(Side::Greatest)),
            Function::Sum => Accumulator::Sum(Box::default()),
            Function::Average => Accumulator::Average(Box::default()),
            Function::Earliest => Accumulator::One(Box::new(One::new(false, true))),
            Function::Latest => Accumulator::One(Box::new(One::new(true, true))),
            Function::First => Accumulator::One(Box::new(One::new(true, false))),
            Function::Last => Accumulator::One(Box::new(One::new(false, false))),
            Function::List => Accumulator::List(List::default()),
        }
    }

    /// Bytes of a new one, without what it will keep.
    pub(super) fn size(&self) -> usize {
        let boxed = match self {
            Accumulator::Sum(_) | Accumulator::Average(_) => size::SUM,
            Accumulator::One(_) => size::ONE,
            _ => 0,
        };
        size::ACCUMULATOR + boxed
    }

    /// Takes a value of an event; gives the bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> usize {
        match self {
            Accumulator::Count(count) => {
                *count = count.saturating_add(1);
                0
            }
            Accumulator::DistinctCount(distinct) | Accumulator::Values(distinct) => {
                distinct.add(item)
            }
            Accumulator::Extreme(extreme) => extreme.add(item),
            Accumulator::Sum(sum) | Accumulator::Average(sum) => sum.add(item),
            Accumulator::One(one) => one.add(item, time),
            Accumulator::List(list) => list.add(item, time),
        }
    }

    /// Counts an event, whatever its fields.
    pub(super) fn add_event(&mut self) {
        if let Accumulator::Count(count) = self {
            *count = count.saturating_add(1);
        }
    }

    pub(super) fn value(&self) -> Value {
        let whole = |count: u64| Number::Int(i64::try_from(count).unwrap_or(i64::MAX));
        match self {
            Accumulator::Count(count) => Value::Number(whole(*count)),
            Accumulator::DistinctCount(distinct) => Value::Number(whole(distinct.count() as u64)),
            Accumulator::Values(distinct) => distinct.values(),
            Accumulator::Extreme(extreme) => extreme.value(),
            Accumulator::Sum(sum) => sum.total(),
            Accumulator::Average(sum) => sum.average(),
            Accumulator::One(one) => one.value(),
            Accumulator::List(list) => list.values(),
        }
    }
}

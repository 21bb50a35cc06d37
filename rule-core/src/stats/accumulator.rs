//! The functions of `stats`, and what each keeps of a group.

use alloc::boxed::Box;

use super::Item;
use super::distinct::Distinct;
use super::extreme::{Extreme, Side};
use super::recent::{List, One};
use super::size;
use super::sum::Sum;
use crate::snapshot::{Damaged, Reader, Writer};
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

    /// Bytes of it and of what it keeps.
    pub(super) fn size(&self) -> usize {
        let kept = match self {
            Accumulator::Count(_) => 0,
            Accumulator::DistinctCount(distinct) | Accumulator::Values(distinct) => distinct.size(),
            Accumulator::Extreme(extreme) => extreme.size(),
            Accumulator::Sum(sum) | Accumulator::Average(sum) => size::SUM + sum.size(),
            Accumulator::One(one) => size::ONE + one.size(),
            Accumulator::List(list) => list.size(),
        };
        size::ACCUMULATOR + kept
    }

    /// Takes a value of an event; gives the bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> isize {
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

    /// Takes what another part of the same group kept for the same function;
    /// gives the bytes that the state grew by.
    pub(super) fn merge(&mut self, other: &Accumulator) -> isize {
        use Accumulator::{Average, Count, DistinctCount, Extreme, List, One, Sum, Values};
        match (self, other) {
            (Count(count), Count(other)) => {
                *count = count.saturating_add(*other);
                0
            }
            (DistinctCount(distinct), DistinctCount(other)) | (Values(distinct), Values(other)) => {
                distinct.merge(other)
            }
            (Extreme(extreme), Extreme(other)) => extreme.merge(other),
            (Sum(sum), Sum(other)) | (Average(sum), Average(other)) => sum.merge(other),
            (One(one), One(other)) => one.merge(other),
            (List(list), List(other)) => list.merge(other),
            // Groups of one `stats` have the same functions in the same places.
            _ => 0,
        }
    }

    /// Writes what is kept; the function is known from the search.
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Accumulator::Count(count) => writer.number(*count),
            Accumulator::DistinctCount(distinct) | Accumulator::Values(distinct) => {
                distinct.write(writer);
            }
            Accumulator::Extreme(extreme) => extreme.write(writer),
            Accumulator::Sum(sum) | Accumulator::Average(sum) => sum.write(writer),
            Accumulator::One(one) => one.write(writer),
            Accumulator::List(list) => list.write(writer),
        }
    }

    /// Reads what is kept for a function.
    pub(super) fn read(reader: &mut Reader<'_>, function: Function) -> Result<Self, Damaged> {
        Ok(match Accumulator::new(function) {
            Accumulator::Count(_) => Accumulator::Count(reader.number()?),
            Accumulator::DistinctCount(_) => Accumulator::DistinctCount(Distinct::read(reader)?),
            Accumulator::Values(_) => Accumulator::Values(Distinct::read(reader)?),
            Accumulator::Extreme(new) => Accumulator::Extreme(new.read(reader)?),
            Accumulator::Sum(_) => Accumulator::Sum(Box::new(Sum::read(reader)?)),
            Accumulator::Average(_) => Accumulator::Average(Box::new(Sum::read(reader)?)),
            Accumulator::One(new) => Accumulator::One(Box::new(new.read(reader)?)),
            Accumulator::List(_) => Accumulator::List(List::read(reader)?),
        })
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

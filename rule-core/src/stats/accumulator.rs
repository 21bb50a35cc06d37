//! The functions of `stats`, and what each keeps of a group.

use alloc::boxed::Box;

use super::Item;
use super::distinct::Distinct;
use super::extreme::{Extreme, Side};
use super::moments::{Moment, Moments};
use super::pair::{Range, Rate};
use super::quantiles::{self, Quantiles};
use super::recent::{List, One};
use super::size;
use super::sum::Sum;
use super::tally::Tally;
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
    /// `mode`: the value that is there most often.
    Mode,
    /// `range`
    Range,
    /// `rate`
    Rate,
    /// `earliest_time`: of the earliest event with the field.
    EarliestTime,
    /// `latest_time`
    LatestTime,
    /// `stdev`, `var` and their kin.
    Moment(Moment),
    /// `perc95`, `median`, in millionths of a percent.
    Percentile(u32),
}

impl Function {
    /// The function of a name, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Function> {
        Some(match name {
            "count" | "c" => Function::Count,
            // Exact here, whatever the number.
            "dc" | "distinct_count" | "estdc" => Function::DistinctCount,
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
            "mode" => Function::Mode,
            "range" => Function::Range,
            "rate" => Function::Rate,
            "earliest_time" => Function::EarliestTime,
            "latest_time" => Function::LatestTime,
            "sumsq" => Function::Moment(Moment::SumOfSquares),
            "stdev" => Function::Moment(Moment::Sample { root: true }),
            "var" => Function::Moment(Moment::Sample { root: false }),
            "stdevp" => Function::Moment(Moment::Population { root: true }),
            "varp" => Function::Moment(Moment::Population { root: false }),
            "median" => Function::Percentile(quantiles::ALL / 2),
            _ => return percentile(name).map(Function::Percentile),
        })
    }
}

/// The rank of `perc95`, `p99.9`, `exactperc50`, `upperperc5`. They are one here: exact
/// where values are few, and close where they are many.
fn percentile(name: &str) -> Option<u32> {
    let number = ["exactperc", "upperperc", "perc", "p"]
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() > 3 || fraction.len() > 6 {
        return None;
    }
    let millionths: u32 = alloc::format!("{whole}{fraction:0<6}").parse().ok()?;
    (millionths <= quantiles::ALL).then_some(millionths)
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
    Tally(Tally),
    Range(Box<Range>),
    Rate(Box<Rate>),
    Times(Box<Extreme>),
    Moments(Box<Moments>),
    Quantiles(Box<Quantiles>),
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
            Function::Mode => Accumulator::Tally(Tally::default()),
            Function::Range => Accumulator::Range(Box::new(Range::new())),
            Function::Rate => Accumulator::Rate(Box::new(Rate::new())),
            Function::EarliestTime => Accumulator::Times(Box::new(Extreme::new(Side::Least))),
            Function::LatestTime => Accumulator::Times(Box::new(Extreme::new(Side::Greatest))),
            Function::Moment(moment) => Accumulator::Moments(Box::new(Moments::new(moment))),
            Function::Percentile(rank) => Accumulator::Quantiles(Box::new(Quantiles::new(rank))),
        }
    }

    /// Bytes of it and of what it keeps.
    pub(super) fn size(&self) -> usize {
        let kept = match self {
            Accumulator::Count(_) => 0,
            Accumulator::DistinctCount(distinct) | Accumulator::Values(distinct) => distinct.size(),
            Accumulator::Extreme(extreme) => extreme.size(),
            Accumulator::Sum(sum) | Accumulator::Average(sum) => {
                size::SUM.saturating_add(sum.size())
            }
            Accumulator::One(one) => size::ONE.saturating_add(one.size()),
            Accumulator::List(list) => list.size(),
            Accumulator::Tally(tally) => tally.size(),
            Accumulator::Range(range) => range.size(),
            Accumulator::Rate(rate) => rate.size(),
            Accumulator::Times(times) => size::ONE.saturating_add(times.size()),
            Accumulator::Moments(moments) => moments.size(),
            Accumulator::Quantiles(quantiles) => quantiles.size(),
        };
        size::ACCUMULATOR.saturating_add(kept)
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
            Accumulator::Tally(tally) => tally.add(item),
            Accumulator::Range(range) => range.add(item),
            Accumulator::Rate(rate) => rate.add(item, time),
            Accumulator::Times(times) => {
                time.map_or(0, |time| times.add(Item::Number(Number::Time(time))))
            }
            Accumulator::Moments(moments) => moments.add(item),
            Accumulator::Quantiles(quantiles) => quantiles.add(item),
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
        use Accumulator::{
            Average, Count, DistinctCount, Extreme, List, Moments, One, Quantiles, Range, Rate,
            Sum, Tally, Times, Values,
        };
        match (self, other) {
            (Count(count), Count(other)) => {
                *count = count.saturating_add(*other);
                0
            }
            (DistinctCount(distinct), DistinctCount(other)) | (Values(distinct), Values(other)) => {
                distinct.merge(other)
            }
            (Extreme(extreme), Extreme(other)) => extreme.merge(other),
            (Times(times), Times(other)) => times.merge(other),
            (Sum(sum), Sum(other)) | (Average(sum), Average(other)) => sum.merge(other),
            (One(one), One(other)) => one.merge(other),
            (List(list), List(other)) => list.merge(other),
            (Tally(tally), Tally(other)) => tally.merge(other),
            (Range(range), Range(other)) => range.merge(other),
            (Rate(rate), Rate(other)) => rate.merge(other),
            (Moments(moments), Moments(other)) => moments.merge(other),
            (Quantiles(quantiles), Quantiles(other)) => quantiles.merge(other),
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
            Accumulator::Tally(tally) => tally.write(writer),
            Accumulator::Range(range) => range.write(writer),
            Accumulator::Rate(rate) => rate.write(writer),
            Accumulator::Times(times) => times.write(writer),
            Accumulator::Moments(moments) => moments.write(writer),
            Accumulator::Quantiles(quantiles) => quantiles.write(writer),
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
            Accumulator::Tally(_) => Accumulator::Tally(Tally::read(reader)?),
            Accumulator::Range(new) => Accumulator::Range(Box::new(new.read(reader)?)),
            Accumulator::Rate(new) => Accumulator::Rate(Box::new(new.read(reader)?)),
            Accumulator::Times(new) => Accumulator::Times(Box::new(new.read(reader)?)),
            Accumulator::Moments(new) => Accumulator::Moments(Box::new(new.read(reader)?)),
            Accumulator::Quantiles(new) => Accumulator::Quantiles(Box::new(new.read(reader)?)),
        })
    }

    /// How many texts its value lists, and their bytes, where there may be very many.
    pub(super) fn listed(&self) -> (usize, usize) {
        match self {
            Accumulator::Values(distinct) => distinct.listed(),
            _ => (0, 0),
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
            Accumulator::Tally(tally) => tally.value(),
            Accumulator::Range(range) => range.value(),
            Accumulator::Rate(rate) => rate.value(),
            Accumulator::Times(times) => times.value(),
            Accumulator::Moments(moments) => moments.value(),
            Accumulator::Quantiles(quantiles) => quantiles.value(),
        }
    }
}

//! `range` and `rate`: what lies between two values of a group.

use super::Item;
use super::extreme::{Extreme, Side};
use super::quantiles::number_of;
use super::recent::One;
use super::size;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::value::{Number, Value};

/// `range`: the greatest number less the least.
#[derive(Clone, Debug)]
pub(super) struct Range {
    least: Extreme,
    greatest: Extreme,
}

impl Range {
    pub(super) fn new() -> Self {
        Range {
            least: Extreme::new(Side::Least),
            greatest: Extreme::new(Side::Greatest),
        }
    }

    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        number_of(item).map_or(0, |number| {
            let item = Item::Number(number);
            self.least.add(item).saturating_add(self.greatest.add(item))
        })
    }

    pub(super) fn merge(&mut self, other: &Range) -> isize {
        let least = self.least.merge(&other.least);
        least.saturating_add(self.greatest.merge(&other.greatest))
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        size::PAIR
            .saturating_add(self.least.size())
            .saturating_add(self.greatest.size())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.least.write(writer);
        self.greatest.write(writer);
    }

    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Range {
            least: self.least.read(reader)?,
            greatest: self.greatest.read(reader)?,
        })
    }

    pub(super) fn value(&self) -> Value {
        let (least, greatest) = (self.least.value(), self.greatest.value());
        match (least.number(), greatest.number()) {
            (Some(least), Some(greatest)) => less(greatest, least),
            _ => Value::Null,
        }
    }
}

/// `rate`: how much a value changed a second, from the earliest event to the latest; of
/// one time there is none [Search Reference, "rate"].
#[derive(Clone, Debug)]
pub(super) struct Rate {
    earliest: One,
    latest: One,
}

impl Rate {
    pub(super) fn new() -> Self {
        Rate {
            earliest: One::new(false, true),
            latest: One::new(true, true),
        }
    }

    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> isize {
        number_of(item).map_or(0, |number| {
            let item = Item::Number(number);
            let earliest = self.earliest.add(item, time);
            earliest.saturating_add(self.latest.add(item, time))
        })
    }

    pub(super) fn merge(&mut self, other: &Rate) -> isize {
        let earliest = self.earliest.merge(&other.earliest);
        earliest.saturating_add(self.latest.merge(&other.latest))
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        size::PAIR
            .saturating_add(self.earliest.size())
            .saturating_add(self.latest.size())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        self.earliest.write(writer);
        self.latest.write(writer);
    }

    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Rate {
            earliest: self.earliest.read(reader)?,
            latest: self.latest.read(reader)?,
        })
    }

    pub(super) fn value(&self) -> Value {
        let (from, to) = (self.earliest.value(), self.latest.value());
        let times = self.earliest.time().zip(self.latest.time());
        let (Some(from), Some(to), Some((since, until))) = (from.number(), to.number(), times)
        else {
            return Value::Null;
        };
        let seconds = less(Number::Time(until), Number::Time(since)).number();
        let seconds = seconds.map_or(0.0, Number::as_f64);
        let change = less(to, from).number().map_or(0.0, Number::as_f64);
        Number::from_f64(change / seconds).map_or(Value::Null, Value::Number)
    }
}

/// The difference; of whole numbers exactly, of times to the nanosecond.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "seconds of 64 bits, times 30 bits"
)]
fn less(from: Number, what: Number) -> Value {
    let difference = match (from, what) {
        (Number::Int(from), Number::Int(what)) => from.checked_sub(what).map(Number::Int),
        (Number::Time(from), Number::Time(what)) => {
            let seconds = i128::from(from.seconds()) - i128::from(what.seconds());
            let nanos =
                seconds * 1_000_000_000 + i128::from(from.nanos()) - i128::from(what.nanos());
            Number::from_f64(nanos as f64 / 1e9)
        }
        _ => None,
    };
    let difference = difference.or_else(|| Number::from_f64(from.as_f64() - what.as_f64()));
    difference.map_or(Value::Null, Value::Number)
}

//! `median`, `perc<X>` and their kin.
//!
//! Exact up to 1,000 different values. Beyond, values are counted by ranges: all doubles
//! in a row cut into pieces of one length, of which none is wider than a 128th of what is
//! in it. Where there are more than 2,048 of them, each two become one, as often as it
//! takes. What is kept depends on the values alone, not on their order or on how they
//! were split: the ranges of a wider cut are made of those of a narrower one, and how
//! wide the cut is follows from how many there are.

use alloc::collections::BTreeMap;
use core::cmp::Ordering;

use super::Item;
use super::size;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::{Number, Value, parse_number};

/// So many different values are kept as they are.
const EXACT: usize = 1000;

/// And so many ranges.
const RANGES: usize = 2048;

/// Bits of a double that a range leaves open at first: all but seven of its fraction.
const FIRST_SHIFT: u8 = 45;

/// A number as an entry of a map, each form apart.
#[derive(Clone, Copy, Debug)]
struct Entry(Number);

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp_with_form(&other.0)
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

#[derive(Clone, Debug)]
enum Kept {
    Exact(BTreeMap<Entry, u64>),
    Ranges {
        shift: u8,
        counts: BTreeMap<u64, u64>,
    },
}

/// The values of a group, as far as a percentile needs them.
#[derive(Clone, Debug)]
pub(super) struct Quantiles {
    /// In millionths of a percent.
    rank: u32,
    kept: Kept,
}

/// A percentile of 100 %, in millionths of a percent.
pub(super) const ALL: u32 = 100_000_000;

impl Quantiles {
    pub(super) fn new(rank: u32) -> Self {
        Quantiles {
            rank,
            kept: Kept::Exact(BTreeMap::new()),
        }
    }

    /// Bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        let Some(number) = number_of(item) else {
            return 0;
        };
        let before = self.size();
        self.count(number, 1);
        size::growth(before, self.size())
    }

    fn count(&mut self, number: Number, times: u64) {
        match &mut self.kept {
            Kept::Exact(counts) => {
                let count = counts.entry(Entry(number)).or_default();
                *count = count.saturating_add(times);
                if counts.len() > EXACT {
                    let counts = core::mem::take(counts);
                    self.kept = Kept::Ranges {
                        shift: FIRST_SHIFT,
                        counts: BTreeMap::new(),
                    };
                    counts
                        .iter()
                        .for_each(|(entry, times)| self.count(entry.0, *times));
                }
            }
            Kept::Ranges { shift, counts } => {
                let count = counts.entry(place(number.as_f64()) >> *shift).or_default();
                *count = count.saturating_add(times);
                self.widen();
            }
        }
    }

    /// Joins ranges until there are few enough.
    #[expect(clippy::arithmetic_side_effects, reason = "it goes on below 63 only")]
    fn widen(&mut self) {
        let Kept::Ranges { shift, counts } = &mut self.kept else {
            return;
        };
        while counts.len() > RANGES && *shift < 63 {
            *shift += 1;
            let mut wider: BTreeMap<u64, u64> = BTreeMap::new();
            for (range, times) in core::mem::take(counts) {
                let count = wider.entry(range >> 1).or_default();
                *count = count.saturating_add(times);
            }
            *counts = wider;
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the wider of both is no less than each"
    )]
    pub(super) fn merge(&mut self, other: &Quantiles) -> isize {
        let before = self.size();
        match &other.kept {
            Kept::Exact(counts) => {
                counts
                    .iter()
                    .for_each(|(entry, times)| self.count(entry.0, *times));
            }
            Kept::Ranges {
                shift: theirs,
                counts: others,
            } => {
                if let Kept::Exact(own) = &mut self.kept {
                    let own = core::mem::take(own);
                    self.kept = other.kept.clone();
                    own.iter()
                        .for_each(|(entry, times)| self.count(entry.0, *times));
                } else if let Kept::Ranges { shift, counts } = &mut self.kept {
                    // The wider cut of the two is that of both.
                    let wider = (*shift).max(*theirs);
                    let mut joined: BTreeMap<u64, u64> = BTreeMap::new();
                    let own = counts.iter().map(|one| (one, wider - *shift));
                    let others = others.iter().map(|one| (one, wider - *theirs));
                    for ((range, times), by) in own.chain(others) {
                        let count = joined.entry(range >> by).or_default();
                        *count = count.saturating_add(*times);
                    }
                    *shift = wider;
                    *counts = joined;
                    self.widen();
                }
            }
        }
        size::growth(before, self.size())
    }

    /// Bytes of what is kept.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no more values than EXACT and ranges than RANGES, and one"
    )]
    pub(super) fn size(&self) -> usize {
        size::QUANTILES
            + match &self.kept {
                Kept::Exact(counts) => counts.len() * size::VALUE_COUNT,
                Kept::Ranges { counts, .. } => counts.len() * size::RANGE_COUNT,
            }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match &self.kept {
            Kept::Exact(counts) => {
                writer.byte(0);
                writer.list(counts.iter(), |writer, (entry, times)| {
                    entry.0.write(writer);
                    writer.number(*times);
                });
            }
            Kept::Ranges { shift, counts } => {
                writer.byte(*shift);
                writer.list(counts.iter(), |writer, (range, times)| {
                    writer.number(*range);
                    writer.number(*times);
                });
            }
        }
    }

    /// Reads what was kept into a new one.
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let kept = match reader.byte()? {
            0 => {
                let list =
                    reader.list(|reader| Ok((Entry(Number::read(reader)?), reader.number()?)))?;
                let in_order = list.is_sorted_by(|left, right| left.0 < right.0);
                if !in_order || list.len() > EXACT || list.iter().any(|one| one.1 == 0) {
                    return Err(Damaged);
                }
                Kept::Exact(crate::entries::map(list))
            }
            shift @ FIRST_SHIFT..=63 => {
                let list = reader.list(|reader| Ok((reader.number()?, reader.number()?)))?;
                let in_order = list.is_sorted_by(|left, right| left.0 < right.0);
                let in_range = list
                    .iter()
                    .all(|one| one.0 <= u64::MAX >> shift && one.1 > 0);
                if !in_order || !in_range || list.is_empty() || list.len() > RANGES {
                    return Err(Damaged);
                }
                Kept::Ranges {
                    shift,
                    counts: crate::entries::map(list),
                }
            }
            _ => return Err(Damaged),
        };
        Ok(Quantiles { kept, ..self })
    }

    /// Between two values it is as far from the one as the rank is: of 1 to 10 the
    /// 95th is 9.55 [Search Reference, "Aggregate functions", by example].
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "64 bits times 32, and as many in all"
    )]
    pub(super) fn value(&self) -> Value {
        let total = match &self.kept {
            Kept::Exact(counts) => counts.values().fold(0, sum),
            Kept::Ranges { counts, .. } => counts.values().fold(0, sum),
        };
        let Some(last) = total.checked_sub(1) else {
            return Value::Null;
        };
        let at = u128::from(last) * u128::from(self.rank);
        let (below, rest) = (at / u128::from(ALL), at % u128::from(ALL));
        let (Some(low), Some(high)) = (self.at(below), self.at(below + u128::from(rest > 0)))
        else {
            return Value::Null;
        };
        if low == high || rest == 0 {
            return Value::Number(low);
        }
        let share = rest as f64 / f64::from(ALL);
        let between = low.as_f64() + (high.as_f64() - low.as_f64()) * share;
        Number::from_f64(between).map_or(Value::Null, Value::Number)
    }

    /// The value of a place among all, from 0.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no more counts of 64 bits than there are ranges"
    )]
    fn at(&self, wanted: u128) -> Option<Number> {
        let mut before = 0u128;
        let mut is_there = |times: u64| {
            before += u128::from(times);
            before > wanted
        };
        match &self.kept {
            Kept::Exact(counts) => {
                let mut entries = counts.iter();
                entries
                    .find(|(_, times)| is_there(**times))
                    .map(|(entry, _)| entry.0)
            }
            Kept::Ranges { shift, counts } => {
                let mut ranges = counts.iter();
                let (range, _) = ranges.find(|(_, times)| is_there(**times))?;
                Number::from_f64(nearest_to_zero(*range, *shift))
            }
        }
    }
}

fn sum(total: u64, times: &u64) -> u64 {
    total.saturating_add(*times)
}

/// The number that a value is, or that its text is.
pub(super) fn number_of(item: Item<'_>) -> Option<Number> {
    match item {
        Item::Number(number) => Some(number),
        Item::Text(text) => parse_number(text),
    }
}

/// The place of a double among all of them.
fn place(value: f64) -> u64 {
    let bits = value.to_bits();
    match bits >> 63 {
        0 => bits | 1 << 63,
        _ => !bits,
    }
}

/// The double in a range that is nearest to zero: whole numbers below 128 stay whole.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a range is cut by 63 bits at the most, and a power of two is not 0"
)]
fn nearest_to_zero(range: u64, shift: u8) -> f64 {
    let first = range << shift;
    let value = match first >> 63 {
        1 => f64::from_bits(first & !(1 << 63)),
        _ => f64::from_bits(!(first | ((1 << shift) - 1))),
    };
    if value.is_finite() {
        value
    } else {
        f64::MAX.copysign(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn kept(values: &[f64]) -> Quantiles {
        let mut quantiles = Quantiles::new(ALL / 2);
        for value in values {
            let _ = quantiles.add(Item::Number(Number::from_f64(*value).unwrap()));
        }
        quantiles
    }

    fn form(quantiles: &Quantiles) -> Vec<u8> {
        let mut writer = Writer::new();
        quantiles.write(&mut writer);
        writer.into_bytes()
    }

    fn percentile(values: &[f64], percent: u32) -> f64 {
        let mut quantiles = kept(values);
        quantiles.rank = percent * (ALL / 100);
        quantiles.value().number().unwrap().as_f64()
    }

    #[test]
    fn between_two_values() {
        let ten: Vec<f64> = (1..=10).rev().map(f64::from).collect();
        assert_eq!(percentile(&ten, 50), 5.5);
        assert!((percentile(&ten, 95) - 9.55).abs() < 1e-12);
        assert_eq!(percentile(&[7.0], 95), 7.0);
        assert_eq!(percentile(&[1.0, 3.0, 3.0], 50), 3.0);
        assert_eq!(Quantiles::new(ALL / 2).value(), Value::Null);
    }

    #[test]
    fn many_values_are_close() {
        for scale in [1.0, -1.0, 1e-200, 1e200] {
            let many: Vec<f64> = (0..50_000).map(|n| f64::from(n) * scale).collect();
            for percent in [1, 50, 99] {
                let wanted = 500.0 * f64::from(percent) * scale;
                let wanted = if scale < 0.0 {
                    -50_000.0 - wanted
                } else {
                    wanted
                };
                let found = percentile(&many, percent);
                assert!(
                    (found / wanted - 1.0).abs() < 0.02,
                    "{percent} of {scale}: {found}"
                );
            }
        }
    }

    #[test]
    fn any_spread_takes_a_bounded_size() {
        let spread: Vec<f64> = (0..100_000u64)
            .map(|n| f64::from_bits(n.wrapping_mul(0x9e37_79b9_7f4a_7c15) & !(1 << 62)))
            .filter(|value| value.is_finite())
            .collect();
        assert!(kept(&spread).size() <= size::QUANTILES + RANGES * size::RANGE_COUNT);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn parts_merge_to_the_whole(
            seed: u64, count in 900usize..6000, at in 0usize..6000, narrow: bool,
        ) {
            let mut state = seed;
            let values: Vec<f64> = (0..count).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let value = f64::from_bits(state);
                if narrow || !value.is_finite() { (state >> 44) as f64 } else { value }
            }).collect();
            let whole = kept(&values);
            let (first, second) = values.split_at(at.min(count));
            let (mut merged, mut turned) = (kept(first), kept(second));
            let _ = turned.merge(&merged);
            let _ = merged.merge(&kept(second));
            prop_assert_eq!(form(&merged), form(&whole));
            prop_assert_eq!(form(&turned), form(&whole));
            let bytes = form(&whole);
            let read = Quantiles::new(ALL / 2).read(&mut Reader::new(&bytes)).unwrap();
            prop_assert_eq!(form(&read), bytes);
        }
    }
}

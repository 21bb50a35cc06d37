//! The search for many texts: a short run of bytes at each so-manieth place of the input
//! is looked up in a bitmap, whatever the number of texts.
//!
//! Of each text a window is taken that is so long that, wherever the text stands, one of
//! the places looked at begins a run that lies in the window whole [Wu and Manber, "A fast
//! algorithm for multi-pattern searching", the other way round: no run tells how far to go
//! on, all are as far]. Where the bitmap has the run's hash, a table says which texts may
//! stand around it.
//!
//! Of each text that window is taken whose runs are the rarest in logs and in other texts.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use super::budget::Budget;
use super::frequency;
use super::linear::Linear;
use super::look::Look;
use super::needles::{FOLD, Needle, Needles, eight};
use super::short;
use super::stop::Stop;
use crate::entries;

/// Runs have so many bytes, where texts are long enough for both this and `FURTHEST`.
const SHORTEST: usize = 4;
const LONGEST: usize = 8;

/// Places looked at are no further apart.
const FURTHEST: usize = 8;

/// A hash has so many bits. The bitmap has 32 KiB: sparse with some thousand runs in it, and
/// near the processor.
const BITS: u32 = 18;

/// So many places are looked at in one go; they and their runs are in so many bytes.
const AT_ONCE: usize = 4;
const SPAN: usize = (AT_ONCE - 1) * FURTHEST + LONGEST;

/// A comparison with a text in so many bytes takes less time than the linear search.
const PLACES: usize = 8;

#[derive(Clone, Debug)]
pub(super) struct Runs {
    /// How far apart the places are that are looked at.
    stride: usize,
    hash: Hash,
    /// A bit for each hash.
    bitmap: Box<[u32; 1 << (BITS - 5)]>,
    /// For the upper part of a hash, where its entries begin; one more at the end.
    starts: Vec<u32>,
    /// How many bits of a hash are its lower part.
    lower: u32,
    entries: Vec<Entry>,
}

/// A text around a run.
#[derive(Clone, Copy, Debug)]
struct Entry {
    needle: u32,
    /// How many bytes before the run it begins.
    back: u32,
}

/// A hash of the first bytes of a run, letters of either case being the same.
#[derive(Clone, Copy, Debug)]
struct Hash {
    factor: u64,
}

impl Hash {
    /// A hash of so many bytes.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a run has between SHORTEST and LONGEST bytes"
    )]
    fn new(length: usize) -> Self {
        // Multiples of a higher power of two do not depend on later bytes. The other factor
        // is that of Fibonacci hashing [Knuth, The Art of Computer Programming, 6.4].
        let later = 8 * (LONGEST - length);
        Hash {
            factor: 0x9e37_79b9_7f4a_7c15 << later,
        }
    }

    #[inline(always)]
    fn of(self, run: u64) -> usize {
        ((run | FOLD).wrapping_mul(self.factor) >> (u64::BITS - BITS)) as usize
    }
}

impl Runs {
    /// A search for these texts of the needles, which have at least `SHORTEST` bytes.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "needles take more memory than eight bytes each, a needle has its best window \
                  whole, and lower is no more than BITS"
    )]
    pub(super) fn new(needles: &Needles, chosen: &[usize]) -> Self {
        let all = || chosen.iter().filter_map(|index| needles.all().get(*index));
        let shortest = all().map(|needle| needle.bytes.len()).min().unwrap_or(0);
        let length = (shortest + 1).saturating_sub(FURTHEST);
        let length = length.clamp(SHORTEST, LONGEST);
        let stride = (shortest + 1).saturating_sub(length).clamp(1, FURTHEST);
        let count = chosen.len() * stride;
        let hash = Hash::new(length);
        let windows = Windows::new(needles, chosen, length, stride);
        let mut by_hash = Vec::with_capacity(count);
        for &index in chosen {
            let Some(needle) = needles.all().get(index) else {
                continue;
            };
            let first = windows.best(needle);
            for back in first..first + stride {
                let run = needle.bytes.get(back..).unwrap_or_default();
                let entry = Entry {
                    needle: short(index),
                    back: short(back),
                };
                by_hash.push((hash.of(eight(run)), entry));
            }
        }
        let order = |of: &(usize, Entry)| (of.0, of.1.needle, of.1.back);
        entries::sort(&mut by_hash, |left, right| order(left).cmp(&order(right)));
        let lower = BITS.saturating_sub(count.max(1).ilog2() + 1);
        let mut runs = Runs {
            stride,
            hash,
            bitmap: Box::new([0; 1 << (BITS - 5)]),
            starts: Vec::with_capacity((1 << (BITS - lower)) + 1),
            lower,
            entries: by_hash.iter().map(|(_, entry)| *entry).collect(),
        };
        for (index, (hash, _)) in (0..).zip(&by_hash) {
            if let Some(word) = runs.bitmap.get_mut(hash / 32) {
                *word |= 1 << (hash % 32);
            }
            while runs.starts.len() <= hash >> lower {
                runs.starts.push(index);
            }
        }
        let end = short(by_hash.len());
        runs.starts.resize((1 << (BITS - lower)) + 1, end);
        runs
    }

    pub(super) fn budget(linear: &Linear) -> Budget {
        Budget::new(PLACES, linear)
    }

    /// Looks at the places in this part of the bytes.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in the bytes, and the stride, which is short"
    )]
    pub(super) fn look<L: Look>(
        &self,
        needles: &Needles,
        bytes: &[u8],
        part: Range<usize>,
        budget: &mut Budget,
        look: &mut L,
    ) -> Result<(), Stop> {
        let mut place = part.start.next_multiple_of(self.stride);
        while let Some((found, hash)) = self.next(bytes, place, part.end) {
            self.settle(hash, needles, bytes, found, budget, look)?;
            place = found + self.stride;
        }
        Ok(())
    }

    /// The next place, from `place` on and before `end`, whose run may be one of those
    /// looked for, and its hash.
    fn next(&self, bytes: &[u8], place: usize, end: usize) -> Option<(usize, usize)> {
        match self.stride {
            1 => self.next_by::<1>(bytes, place, end),
            2 => self.next_by::<2>(bytes, place, end),
            3 => self.next_by::<3>(bytes, place, end),
            4 => self.next_by::<4>(bytes, place, end),
            5 => self.next_by::<5>(bytes, place, end),
            6 => self.next_by::<6>(bytes, place, end),
            7 => self.next_by::<7>(bytes, place, end),
            _ => self.next_by::<FURTHEST>(bytes, place, end),
        }
    }

    #[inline(never)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in the bytes, and a SPAN behind them"
    )]
    fn next_by<const STRIDE: usize>(
        &self,
        bytes: &[u8],
        mut place: usize,
        end: usize,
    ) -> Option<(usize, usize)> {
        let bytes = bytes.get(..bytes.len().min(end + LONGEST - 1))?;
        while let Some(span) = bytes.get(place..).and_then(<[u8]>::first_chunk::<SPAN>) {
            for number in 0..AT_ONCE {
                let hash = self.hash.of(eight(span.get(number * STRIDE..)?));
                if self.has(hash) {
                    let found = place + number * STRIDE;
                    return (found < end).then_some((found, hash));
                }
            }
            place += AT_ONCE * STRIDE;
        }
        while place < end {
            let hash = self.hash.of(eight(bytes.get(place..)?));
            if self.has(hash) {
                return Some((place, hash));
            }
            place += STRIDE;
        }
        None
    }

    #[inline(always)]
    fn has(&self, hash: usize) -> bool {
        let word = self.bitmap.get(hash / 32).copied().unwrap_or(0);
        word >> (hash % 32) & 1 == 1
    }

    /// Looks closer at a place whose run has this hash.
    #[inline(never)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a part of a hash, and no more entries than are in memory"
    )]
    fn settle<L: Look>(
        &self,
        hash: usize,
        needles: &Needles,
        bytes: &[u8],
        place: usize,
        budget: &mut Budget,
        look: &mut L,
    ) -> Result<(), Stop> {
        let start = |more: usize| {
            let start = self.starts.get((hash >> self.lower) + more);
            start.map_or(0, |start| *start as usize)
        };
        let entries = self.entries.get(start(0)..start(1)).unwrap_or_default();
        for entry in entries {
            let index = entry.needle as usize;
            let begin = place.checked_sub(entry.back as usize);
            if let Some(begin) = begin
                && let Some(needle) = needles.all().get(index)
                && let Some(rest) = bytes.get(begin..)
                && needles.stands_before(needle, rest)
                && !look.text(index)
            {
                return Err(Stop::At(begin));
            }
        }
        match budget.is_spent(place, 1 + entries.len()) {
            true => Err(Stop::Dense),
            false => Ok(()),
        }
    }
}

/// So many bits less of a hash are enough to count by.
const LOWER: u32 = 2;

/// A run in each event is as bad as one in so many texts.
const EACH: u16 = 2000;

/// A look at a place takes as much time as so many comparisons.
const A_LOOK: f64 = 4.0;

/// The choice of windows.
struct Windows {
    /// The length of a run, and how many begin in a window.
    length: usize,
    stride: usize,
    hash: Hash,
    /// How many runs of texts have a hash, by its upper part.
    shared: Vec<u16>,
}

impl Windows {
    fn new(needles: &Needles, chosen: &[usize], length: usize, stride: usize) -> Self {
        let mut windows = Windows {
            length,
            stride,
            hash: Hash::new(length),
            shared: alloc::vec![0; 1 << (BITS - LOWER)],
        };
        for needle in chosen.iter().filter_map(|index| needles.all().get(*index)) {
            windows.share(&needle.bytes, 1);
        }
        for word in frequency::COMMON.split_ascii_whitespace() {
            windows.share(word.as_bytes(), EACH);
        }
        windows
    }

    fn share(&mut self, text: &[u8], count: u16) {
        for run in text.windows(self.length) {
            if let Some(shared) = self.shared.get_mut(self.hash.of(eight(run)) >> LOWER) {
                *shared = shared.saturating_add(count);
            }
        }
    }

    /// Where the best window of a needle begins.
    fn best(&self, needle: &Needle) -> usize {
        let runs = needle.bytes.windows(self.length).map(|run| self.cost(run));
        let costs: Vec<f64> = runs.collect();
        let windows = costs.windows(self.stride);
        let sums = windows.map(|costs| costs.iter().sum::<f64>());
        let best = (0..)
            .zip(sums)
            .min_by(|(_, one), (_, other)| one.total_cmp(other));
        best.map_or(0, |(place, _)| place)
    }

    /// How much time a run takes: how often it is in logs, were its bytes independent of
    /// one another, and how many comparisons it leads to.
    #[expect(clippy::arithmetic_side_effects, reason = "two shares of 65,536")]
    fn cost(&self, run: &[u8]) -> f64 {
        let shares = run.iter().map(|byte| {
            let upper = byte.to_ascii_uppercase();
            let both = match upper == *byte {
                true => frequency::of(*byte),
                false => frequency::of(*byte) + frequency::of(upper),
            };
            both as f64 / 65_536.0
        });
        let shared = self.shared.get(self.hash.of(eight(run)) >> LOWER).copied();
        shares.product::<f64>() * (f64::from(shared.unwrap_or(0)) + A_LOOK)
    }
}

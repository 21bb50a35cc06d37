//! The search without vectors: most bytes of a record are never looked at, which is what
//! counts in an interpreter.
//!
//! A window as long as the shortest text goes over the record, and the byte at its end
//! says how far it can go on [Horspool, "Practical fast searching in strings"].

use alloc::boxed::Box;

use memchr::{memchr, memchr2};

use super::budget::Budget;
use super::look::{Ended, Look};
use super::needles::{ESCAPE, Kind, Needles};

#[derive(Debug)]
pub(super) struct Jumps {
    /// The length of the shortest text.
    window: usize,
    /// How far the window can go on by the byte at its end, in both cases; 0 where a
    /// text may stand in it.
    shifts: Box<[u8; 256]>,
    /// The first bytes of the letters that are not ASCII and can hide a text.
    variants: Option<[u8; 2]>,
}

/// A look at one place in so many bytes takes less time than the linear search.
const PLACES: usize = 4;

impl Jumps {
    pub(super) fn new(needles: &Needles) -> Self {
        let shortest = needles.texts().map(<[u8]>::len).min().unwrap_or(0);
        let window = shortest.min(usize::from(u8::MAX));
        let mut shifts = Box::new([window as u8; 256]);
        for text in needles.texts() {
            let window = text.get(..window).unwrap_or_default();
            for (place, byte) in window.iter().rev().enumerate().rev() {
                for byte in [*byte, byte.to_ascii_uppercase()] {
                    if let Some(shift) = shifts.get_mut(usize::from(byte)) {
                        *shift = (*shift).min(place as u8);
                    }
                }
            }
        }
        let all = needles.all().iter();
        let mut variants = all
            .filter_map(|needle| needle.bytes.first().copied())
            .filter(|first| !first.is_ascii());
        let first = variants.next();
        Jumps {
            window,
            shifts,
            variants: first.map(|first| [first, variants.next().unwrap_or(first)]),
        }
    }

    pub(super) fn look<L: Look>(&self, needles: &Needles, bytes: &[u8], look: &mut L) -> Ended {
        let mut budget = Budget::of(bytes, PLACES);
        if !L::LINES {
            return self.record(needles, bytes, &mut budget);
        }
        loop {
            let start = look.start();
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = memchr(b'\n', rest) else {
                return Ended::Through;
            };
            let line = rest.get(..length).unwrap_or_default();
            match self.record(needles, line, &mut budget) {
                Ended::Through if look.line_break(bytes, start + length) => {}
                Ended::Through => return Ended::Stopped,
                other => return other,
            }
        }
    }

    fn record(&self, needles: &Needles, record: &[u8], budget: &mut Budget) -> Ended {
        if let Some(last) = self.window.checked_sub(1) {
            let mut end = last;
            while let Some(&byte) = record.get(end) {
                match self.shifts.get(usize::from(byte)) {
                    Some(0) | None => {
                        let rest = record.get(end - last..).unwrap_or_default();
                        if begins(needles, Kind::Text, rest) {
                            return Ended::Found;
                        }
                        if budget.is_spent() {
                            return Ended::Dense;
                        }
                        end += 1;
                    }
                    Some(shift) => end += usize::from(*shift),
                }
            }
        }
        match self.hidden_in(needles, record) {
            true => Ended::Found,
            false => Ended::Through,
        }
    }

    /// Does anything stand in the bytes that could hide a text?
    fn hidden_in(&self, needles: &Needles, bytes: &[u8]) -> bool {
        let hiding_begins = |rest: &[u8]| begins(needles, Kind::Hiding, rest);
        // Whether a backslash is itself escaped does not matter: a text may carry JSON.
        let escape = |rest: &[u8]| {
            let after = rest.strip_prefix(ESCAPE);
            after.is_some_and(|after| needles.hides(after))
                || self.variants.is_some() && hiding_begins(rest)
        };
        any_at(bytes, |rest| memchr(b'\\', rest), escape)
            || any_at(bytes, |rest| memchr2(b'<', b'&', rest), hiding_begins)
            || self.variants.is_some_and(|[one, other]| {
                any_at(bytes, |rest| memchr2(one, other, rest), hiding_begins)
            })
    }
}

/// Does one of the places that `next` finds hold?
fn any_at(
    bytes: &[u8],
    next: impl Fn(&[u8]) -> Option<usize>,
    holds: impl Fn(&[u8]) -> bool,
) -> bool {
    let mut rest = bytes;
    while let Some(at) = next(rest) {
        rest = rest.get(at..).unwrap_or_default();
        if holds(rest) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

/// Does a needle of this kind begin here?
fn begins(needles: &Needles, kind: Kind, rest: &[u8]) -> bool {
    let mut all = needles.all().iter();
    all.any(|needle| needle.kind == kind && needles.stands_before(needle, rest))
}

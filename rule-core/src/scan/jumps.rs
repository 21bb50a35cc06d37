//! The search without vectors: most bytes of a record are never looked at, which is what
//! counts in an interpreter.
//!
//! A window as long as the shortest text goes over the record, and the byte at its end
//! says how far it can go on [Horspool, "Practical fast searching in strings"].

use alloc::boxed::Box;

use super::budget::Budget;
use super::look::{Ended, Look};
use super::needles::Needles;

#[derive(Debug)]
pub(super) struct Jumps {
    /// The length of the shortest text.
    window: usize,
    /// How far the window can go on by the byte at its end, in both cases; 0 where a
    /// text may stand in it.
    shifts: Box<[u8; 256]>,
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
        Jumps { window, shifts }
    }

    pub(super) fn look<L: Look>(&self, needles: &Needles, bytes: &[u8], look: &mut L) -> Ended {
        let mut budget = Budget::of(bytes, PLACES);
        if !L::LINES {
            return self.record(needles, bytes, &mut budget);
        }
        loop {
            let start = look.start();
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = memchr::memchr(b'\n', rest) else {
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
                        if begins_with_a_text(needles, rest) {
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
        match needles.hidden_in(record) {
            true => Ended::Found,
            false => Ended::Through,
        }
    }
}

fn begins_with_a_text(needles: &Needles, rest: &[u8]) -> bool {
    needles.texts().any(|text| {
        rest.get(..text.len())
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(text))
    })
}

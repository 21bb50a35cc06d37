//! The search without vectors for a few texts: most bytes of a record are never looked at,
//! which is what counts in an interpreter.
//!
//! A window as long as the shortest text goes over the record, and the byte at its end
//! says how far it can go on [Horspool, "Practical fast searching in strings"].

use alloc::boxed::Box;

use super::budget::Budget;
use super::linear::Linear;
use super::look::Look;
use super::needles::Needles;
use super::stop::Stop;

#[derive(Debug)]
pub(super) struct Jumps {
    /// The length of the shortest text.
    window: usize,
    /// How far the window can go on by the byte at its end, in both cases; 0 where a
    /// text may stand in it.
    shifts: Box<[u8; 256]>,
}

/// A comparison with a text in so many bytes takes less time than the linear search.
const PLACES: usize = 4;

impl Jumps {
    pub(super) fn new(needles: &Needles) -> Self {
        let lengths = needles.texts().map(|(_, text)| text.bytes.len());
        let shortest = lengths.min().unwrap_or(0);
        let furthest = u8::try_from(shortest).unwrap_or(u8::MAX);
        let window = usize::from(furthest);
        let mut shifts = Box::new([furthest; 256]);
        for (_, text) in needles.texts() {
            let window = text.bytes.get(..window).unwrap_or_default();
            for (place, byte) in (0..=u8::MAX).zip(window.iter().rev()) {
                for byte in [*byte, byte.to_ascii_uppercase()] {
                    if let Some(shift) = shifts.get_mut(usize::from(byte)) {
                        *shift = (*shift).min(place);
                    }
                }
            }
        }
        Jumps { window, shifts }
    }

    pub(super) fn budget(linear: &Linear) -> Budget {
        Budget::new(PLACES, linear)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places in the record, which are no less than the window's last, and a jump of \
                  255 bytes at the most behind them"
    )]
    pub(super) fn look<L: Look>(
        &self,
        needles: &Needles,
        record: &[u8],
        budget: &mut Budget,
        look: &mut L,
    ) -> Result<(), Stop> {
        let Some(last) = self.window.checked_sub(1) else {
            return Ok(());
        };
        let mut end = last;
        while let Some(&byte) = record.get(end) {
            match self.shifts.get(usize::from(byte)) {
                Some(0) | None => {
                    let begin = end - last;
                    let rest = record.get(begin..).unwrap_or_default();
                    for (index, text) in needles.texts() {
                        if needles.stands_before(text, rest) && !look.text(index) {
                            return Err(Stop::At(begin));
                        }
                    }
                    if budget.is_spent(end, needles.texts().len()) {
                        return Err(Stop::Dense);
                    }
                    end += 1;
                }
                Some(shift) => end += usize::from(*shift),
            }
        }
        Ok(())
    }
}

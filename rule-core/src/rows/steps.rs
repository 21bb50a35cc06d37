//! How much work one row may cause a command.

use core::cell::Cell;

use super::command::Context;
use super::row::Row;

/// Steps that each row may take for itself.
const BASE: usize = 1 << 14;

/// Steps for each byte of a row, where the row needs more than that.
const PER_BYTE: usize = 32;

/// The steps that are left for one row of a command, or for one expression over it: its
/// own, then those that all commands over its event or its window share.
///
/// Most work is linear in the row and is done long before. What is not is what a rule
/// or an event may be made to abuse: all matches of an expression that looks at the rest
/// of the text for each of them, or `mvmap` in `mvmap`. What is left undone is counted.
#[derive(Debug)]
pub(super) struct Steps<'s> {
    row: &'s Row,
    context: &'s Context<'s>,
    left: Cell<usize>,
    stage: Cell<Stage>,
    counted: Cell<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The row has not been measured yet.
    Base,
    /// It has what it may have for its length.
    Measured,
    /// Nothing is left, and that is counted.
    Ended,
}

impl<'s> Steps<'s> {
    pub(super) fn of(row: &'s Row, context: &'s Context<'s>) -> Self {
        Steps {
            row,
            context,
            left: Cell::new(BASE),
            stage: Cell::new(Stage::Base),
            counted: Cell::new(false),
        }
    }

    /// Takes so many steps; None where there are not as many left, from then on.
    #[inline]
    pub(super) fn take(&self, count: usize) -> Option<()> {
        match self.left.get().checked_sub(count) {
            Some(left) => {
                self.left.set(left);
                Some(())
            }
            None => self.more(count),
        }
    }

    /// Have there been enough so far?
    pub(super) fn sufficed(&self) -> bool {
        self.stage.get() != Stage::Ended
    }

    /// Counts that something is left undone, or is too long to be a value: once, however
    /// often that is so.
    #[cold]
    pub(super) fn leave_out(&self) {
        if !self.counted.replace(true) {
            self.context.leave_out(1);
        }
    }

    #[cold]
    fn more(&self, count: usize) -> Option<()> {
        match self.stage.get() {
            Stage::Base => {
                self.stage.set(Stage::Measured);
                let more = self.row.bytes().saturating_mul(PER_BYTE);
                self.left.set(self.left.get().saturating_add(more));
                return self.take(count);
            }
            Stage::Measured => {
                let shared = &self.context.steps;
                let taken = count.max(BASE).min(shared.get());
                shared.set(shared.get().saturating_sub(taken));
                self.left.set(self.left.get().saturating_add(taken));
                if self.left.get() >= count {
                    return self.take(count);
                }
                self.stage.set(Stage::Ended);
                self.leave_out();
            }
            Stage::Ended => {}
        }
        self.left.set(0);
        None
    }
}

/// Asks with the steps of an empty row, and says whether they were enough.
#[cfg(test)]
pub(super) fn asked<T>(ask: impl FnOnce(&Steps<'_>) -> T) -> (T, bool) {
    let (zone, left_out) = (crate::time::Zone::utc(), Cell::new(0));
    let context = Context {
        zone: &zone,
        left_out: &left_out,
        steps: Cell::new(Context::STEPS),
        now: None,
        most: 0,
    };
    let row = Row::default();
    let answer = ask(&Steps::of(&row, &context));
    (answer, left_out.get() == 0)
}

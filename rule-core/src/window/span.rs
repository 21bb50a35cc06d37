//! What was counted of one span, and where an event is put.

use alloc::vec::Vec;

use super::schedule::{Bounds, NEVER, Runs, Span};
use super::state::State;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::Stats;

/// Where an event belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// It is counted here.
    In {
        /// The place.
        place: Place,
        /// The windows that have closed and are amended by it; where the last of
        /// the place's windows has closed, there is one at least.
        amends: Vec<Bounds>,
    },
    /// All its windows have closed; this was the last.
    Late(Bounds),
    /// In no window of the schedule.
    Outside,
    /// It has no time, and the schedule has need of one.
    NoTime,
}

/// Where an event is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the one window of all time.
    AllTime,
    /// In this span.
    Span(Span),
}

/// What was counted of a span.
#[derive(Clone, Debug)]
pub(super) struct Counted {
    pub(super) end: i64,
    /// The first run that sees it.
    pub(super) first: i64,
    /// The first of them that has not come; [`NEVER`] where all have.
    pub(super) next: i64,
    /// The last run that sees it.
    pub(super) last: i64,
    pub(super) state: State,
}

impl Counted {
    /// Does a run to come see it?
    pub(super) fn is_open(&self) -> bool {
        self.next != NEVER
    }

    /// `next`, or [`NEVER`] where that is beyond the last run.
    pub(super) fn within(next: i64, last: i64) -> i64 {
        if next <= last { next } else { NEVER }
    }

    pub(super) fn runs(&self) -> Runs {
        Runs {
            first: self.first,
            last: self.last,
        }
    }

    pub(super) fn span(&self, start: i64) -> Span {
        Span {
            start,
            end: self.end,
            runs: Some(self.runs()),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for number in [self.end, self.first, self.next, self.last] {
            writer.signed(number);
        }
        self.state.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>, stats: Option<&Stats>) -> Result<Self, Damaged> {
        Ok(Counted {
            end: reader.signed()?,
            first: reader.signed()?,
            next: reader.signed()?,
            last: reader.signed()?,
            state: State::read(reader, stats)?,
        })
    }
}

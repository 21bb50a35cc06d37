//! When an event was written.

use std::fmt;

/// A moment of one day, 2021-03-14 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    milliseconds: u64,
}

/// The set's events are spread over so much of the day.
const SPAN: u64 = 20 * 60 * 60 * 1000;

impl Moment {
    /// When event `number` of `all` is written: evenly, in order.
    pub(crate) fn of(number: u64, all: u64) -> Self {
        Self {
            milliseconds: SPAN * number / all.max(1),
        }
    }
}

/// ISO 8601 with milliseconds: as text in the order of time.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.milliseconds / 1000;
        write!(
            f,
            "2021-03-14T{:02}:{:02}:{:02}.{:03}Z",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            self.milliseconds % 1000
        )
    }
}

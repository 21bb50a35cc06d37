//! What a scan is for: one record, or the lines of a log.

use crate::frame::object_of;

/// What a scan is told on its way.
pub(super) trait Look {
    /// Does it ask for line breaks?
    const LINES: bool;

    /// Takes the line break at `at`; false ends the scan.
    fn line_break(&mut self, bytes: &[u8], at: usize) -> bool;

    /// Takes a text that stands in the bytes, by its place among the needles; false ends
    /// the scan. What could hide a text ends it anyway.
    fn text(&mut self, _needle: usize) -> bool {
        false
    }

    /// Where a scan begins that has to begin again.
    fn start(&self) -> usize;
}

/// How a scan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// At something that was looked for.
    Found,
    /// At a line break that the look did not take.
    Stopped,
    /// At the end of the bytes.
    Through,
    /// At too many places where only a look at each could tell.
    Dense,
}

/// A look at one record.
pub(super) struct Record;

impl Look for Record {
    const LINES: bool = false;

    fn line_break(&mut self, _: &[u8], _: usize) -> bool {
        true
    }

    fn start(&self) -> usize {
        0
    }
}

/// Lines at the begin of bytes that need not be looked at any closer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clear {
    /// How many bytes they have, line breaks included.
    pub length: usize,
    /// How many they are.
    pub lines: u64,
}

/// A look at lines, each of them with a record.
pub(super) struct Lines {
    pub(super) clear: Clear,
    /// A line has so many bytes, at the most.
    longest: usize,
}

impl Lines {
    /// A look at bytes from the begin of a line on.
    pub(super) fn new(longest: usize) -> Self {
        Lines {
            clear: Clear::default(),
            longest,
        }
    }
}

impl Look for Lines {
    const LINES: bool = true;

    /// Takes a line that has the form of a JSON object and is followed by another. Of the
    /// two, the framer would begin a record at each, whatever the first one holds.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "places behind a byte that is there, and no more lines than bytes"
    )]
    fn line_break(&mut self, bytes: &[u8], at: usize) -> bool {
        let line = bytes.get(self.clear.length..at).unwrap_or_default();
        let is_taken = line.len() < self.longest
            && bytes.get(at + 1) == Some(&b'{')
            && object_of(line).is_some();
        if is_taken {
            self.clear.length = at + 1;
            self.clear.lines += 1;
        }
        is_taken
    }

    fn start(&self) -> usize {
        self.clear.length
    }
}

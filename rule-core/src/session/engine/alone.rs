//! Records that come alone, each with the time that a pipeline gives it.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::Engine;
use crate::frame::{Reason, RecordKind};
use crate::session::clock::Step;
use crate::session::counters::count;
use crate::session::held::{Clocked, Progress};
use crate::session::rule::Rule;
use crate::time::Time;

/// What late events changed is given with the record that changed it where no more bytes
/// than this are kept of windows that have closed.
const LITTLE: usize = 4 << 10;

impl Engine {
    /// Takes the time that a pipeline gives a record: windows whose run has come close.
    /// Late events are given once a second of it, also where it does not move.
    pub(in crate::session) fn tell(&mut self, time: Time) {
        if self.clock.given(time) == Step::Moves {
            self.told();
        } else if self.is_another_second(time) && self.has_changes() {
            self.holdings().give_changes();
        }
        self.told = Some(time.seconds());
    }

    /// Does such a time lead to nothing?
    pub(in crate::session) fn stays_at(&self, time: Time) -> bool {
        self.clock.clone().given(time) == Step::Stays
            && !(self.is_another_second(time) && self.has_changes())
    }

    fn is_another_second(&self, time: Time) -> bool {
        self.told != Some(time.seconds())
    }

    fn has_changes(&self) -> bool {
        self.rules.iter().any(Rule::has_changes)
    }

    /// Gives at once what late events have changed, where that takes no more than a look
    /// at little.
    pub(in crate::session) fn give_little_changes(&mut self) {
        self.holdings().give_changes_of(LITTLE);
    }

    /// Takes a JSON record that has come alone, whose time the clock knows: an event
    /// that says no time has this one, and one that is ahead of it is not held.
    pub(in crate::session) fn alone(&mut self, bytes: &[u8], time: Time) {
        count(&mut self.counters.records, 1);
        count(&mut self.counters.candidates, 1);
        self.reading.input.defaults.now = Some(time);
        self.record(RecordKind::Json, bytes, 0, Progress::new(Clocked::Apart));
    }

    /// Counts a record that is longer than it may be.
    pub(in crate::session) fn too_long(&mut self, record: &[u8]) {
        count(&mut self.counters.records, 1);
        count(&mut self.counters.candidates, 1);
        let reason = Reason::TooLong.message().to_string();
        self.counters.malformed("", 0, reason, record);
    }

    /// Counts a record that cannot match.
    pub(in crate::session) fn passed(&mut self) {
        count(&mut self.counters.records, 1);
    }

    /// Takes the early alerts among those from the one at `from` on, each as JSON.
    pub(in crate::session) fn take_early(&mut self, from: usize) -> Vec<Vec<u8>> {
        self.queue.take_early(from, &self.rules, &self.digest)
    }
}

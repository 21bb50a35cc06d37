//! Windows of time: what a scheduled search is in a stream.
//!
//! A run at 12:00 with `-70m@m` to `-10m@m` covers [10:50, 11:50), and the runs
//! of `0 * * * *` tile time [semantics.md, "Time windows"]. A [`Schedule`] says
//! in which windows an event is; [`Windows`] holds what each open window has
//! counted, and gives it out when the window closes: at the first time at or
//! after its run.

mod cron;
mod schedule;
mod state;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

pub use cron::Cron;
pub use schedule::{Bounds, Schedule, ScheduleError};
pub use state::State;

use crate::time::{Time, Zone};

/// The open windows of one rule.
#[derive(Clone, Debug)]
pub struct Windows {
    schedule: Schedule,
    zone: Zone,
    open: BTreeMap<Bounds, State>,
    /// Windows that end at or before this were closed.
    closed_to: Option<i64>,
    /// The windows of the last event: the next one is mostly in the same.
    last: Option<(i64, i64, Vec<Bounds>)>,
}

/// Where an event belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// In these windows, one or more.
    In(Vec<Bounds>),
    /// In windows that are closed, all of them.
    Late,
    /// In no window of the schedule.
    Outside,
    /// It has no time, and the schedule has need of one.
    NoTime,
}

impl Windows {
    /// No windows yet.
    #[must_use]
    pub fn new(schedule: Schedule, zone: Zone) -> Self {
        Windows {
            schedule,
            zone,
            open: BTreeMap::new(),
            closed_to: None,
            last: None,
        }
    }

    /// Where an event of a time belongs.
    pub fn place(&mut self, time: Option<Time>) -> Placement {
        if matches!(self.schedule, Schedule::All) {
            return Placement::In(alloc::vec![Bounds::All]);
        }
        let Some(time) = time else {
            return Placement::NoTime;
        };
        // Bounds are whole seconds, so what comes behind the second decides
        // nothing.
        let seconds = time.seconds();
        let bounds = match &self.last {
            Some((from, to, bounds)) if (*from..*to).contains(&seconds) => bounds.clone(),
            _ => {
                let bounds = self.schedule.windows(seconds, &self.zone);
                self.last = self
                    .alone(&bounds)
                    .map(|(from, to)| (from, to, bounds.clone()));
                bounds
            }
        };
        if bounds.is_empty() {
            return Placement::Outside;
        }
        let still_open: Vec<Bounds> = bounds
            .into_iter()
            .filter(|bounds| !self.is_closed(bounds))
            .collect();
        if still_open.is_empty() {
            Placement::Late
        } else {
            Placement::In(still_open)
        }
    }

    /// The span in which every time is in just these windows: where that is one,
    /// and nothing overlaps its first or last second. Runs come in the order of
    /// their spans, so a window inside it would reach one of the two.
    fn alone(&self, bounds: &[Bounds]) -> Option<(i64, i64)> {
        let [Bounds::Run { start, end, .. }] = bounds else {
            return None;
        };
        let same = |at| self.schedule.windows(at, &self.zone) == bounds;
        (same(*start) && same(end - 1)).then_some((*start, *end))
    }

    fn is_closed(&self, bounds: &Bounds) -> bool {
        match (bounds, self.closed_to) {
            (Bounds::Run { run, .. }, Some(closed_to)) => *run <= closed_to,
            _ => false,
        }
    }

    /// The state of an open window; made new by `new` where it has none.
    pub fn state(&mut self, bounds: &Bounds, new: impl FnOnce() -> State) -> &mut State {
        self.open.entry(*bounds).or_insert_with(new)
    }

    /// Closes the windows whose run is at or before `now`, in seconds since the
    /// epoch; in the order of their ends.
    pub fn close(&mut self, now: i64) -> Vec<(Bounds, State)> {
        self.closed_to = self.closed_to.max(Some(now));
        let due: Vec<Bounds> = self
            .open
            .keys()
            .filter(|bounds| self.is_closed(bounds))
            .copied()
            .collect();
        due.into_iter()
            .filter_map(|bounds| self.open.remove(&bounds).map(|state| (bounds, state)))
            .collect()
    }

    /// Closes every window, at the end of all time.
    pub fn close_all(&mut self) -> Vec<(Bounds, State)> {
        core::mem::take(&mut self.open).into_iter().collect()
    }

    /// How many groups the open windows have.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.open.values().map(State::len).sum()
    }

    /// What the open windows take of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.open.values().map(State::bytes).sum()
    }
}

#[cfg(test)]
mod tests;

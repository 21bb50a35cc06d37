//! A matching event on its way into the groups or the rows of a window.

use crate::names::Event;
use crate::rows::Row;
use crate::stats::{Added, Observation, Source, Stats};
use crate::window::State;

/// A matching event as it is counted.
pub(super) struct Seen<'e> {
    pub(super) event: &'e Event<'e>,
    /// As the commands before `stats` left it, where there are any.
    pub(super) rows: Option<&'e [Row]>,
    pub(super) observation: Observation<'e>,
    pub(super) longest_key: usize,
}

impl Seen<'_> {
    /// Is it in a row at all?
    pub(super) fn is_counted(&self, stats: Option<&Stats>) -> bool {
        let takes = |source: &dyn Source| stats.is_none_or(|stats| stats.takes(source));
        match self.rows {
            Some(rows) => rows.iter().any(|row| takes(row)),
            None => takes(self.event),
        }
    }

    /// Counts or collects it; `touched` is told each group that it went to.
    pub(super) fn count(
        &self,
        stats: Option<&Stats>,
        state: &mut State,
        touched: &mut dyn FnMut(&[u8]),
    ) -> Added {
        let (seen, longest) = (&self.observation, self.longest_key);
        let mut added = Added::default();
        match (state, stats, self.rows) {
            (State::Groups(groups), Some(stats), Some(rows)) => {
                for row in rows {
                    added.join(groups.add(stats, row, seen, longest, touched), seen.keep);
                }
            }
            (State::Groups(groups), Some(stats), None) => {
                return groups.add(stats, self.event, seen, longest, touched);
            }
            (state, _, Some(rows)) => rows.iter().for_each(|row| state.collect(row)),
            // A plan without `stats` makes rows.
            (_, _, None) => {}
        }
        added
    }
}

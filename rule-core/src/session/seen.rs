//! A matching event on its way into the groups or the rows of a window.

use crate::names::Event;
use crate::rows::Row;
use crate::stats::{Added, Groups, Most, Observation, Source, Stats};
use crate::window::State;

/// A matching event as it is counted.
pub(super) struct Seen<'e> {
    pub(super) event: &'e Event<'e>,
    /// As the commands before `stats` left it, where there are any.
    pub(super) rows: Option<&'e [Row]>,
    pub(super) observation: Observation<'e>,
    /// How much may be held of it.
    pub(super) most: Most,
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
        let seen = &self.observation;
        match (state, stats, self.rows) {
            (State::Groups(groups), Some(stats), Some([row])) => {
                return groups.add(stats, row, seen, self.most, touched);
            }
            (State::Groups(groups), Some(stats), Some(rows)) => {
                return self.count_rows(rows, stats, groups, touched);
            }
            (State::Groups(groups), Some(stats), None) => {
                return groups.add(stats, self.event, seen, self.most, touched);
            }
            (state, _, Some(rows)) => rows.iter().for_each(|row| state.collect(row)),
            // A plan without `stats` makes rows.
            (_, _, None) => {}
        }
        Added::default()
    }

    /// Counts the rows that one event has become, by themselves first: what is left out of
    /// them goes by the event, and not by what is held.
    fn count_rows(
        &self,
        rows: &[Row],
        stats: &Stats,
        groups: &mut Groups,
        touched: &mut dyn FnMut(&[u8]),
    ) -> Added {
        let seen = &self.observation;
        let mut own = Groups::default();
        let mut added = Added::default();
        for row in rows {
            let apart = added.apart.as_ref().map_or(0, Groups::bytes);
            let held = own.bytes().saturating_add(apart);
            match self.most.groups.checked_sub(held) {
                Some(left) => {
                    let most = Most {
                        groups: left,
                        ..self.most
                    };
                    added.join(own.add(stats, row, seen, most, touched), seen.keep);
                }
                None => added.left_out = added.left_out.saturating_add(1),
            }
        }
        groups.join(own, seen.keep);
        added
    }
}

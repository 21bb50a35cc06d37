//! Closing windows as far as there is room for their alerts, and what that takes.

use alloc::vec::Vec;

use super::holdings::{self, Holdings};
use super::{Due, Engine};
use crate::alert::{Change, Kind};
use crate::window::Size;

impl Engine {
    /// What its rules hold, and the alerts that wait.
    pub(in crate::session) fn holdings(&mut self) -> Holdings<'_> {
        let (rules, queue) = (&mut self.rules, &mut self.queue);
        Holdings::new(&self.config, rules, queue, &mut self.counters)
    }

    /// What all open windows hold.
    pub(in crate::session) fn size(&self) -> Size {
        holdings::size(&self.rules)
    }

    /// Closes what is due, in the order of window end, window start, rule, row, as
    /// far as there is room for the alerts to wait.
    pub(super) fn close_due(&mut self) {
        while let Some(due) = self.due {
            let now = match due {
                Due::To(now) => Some(now),
                Due::All => None,
            };
            let rules = self.rules.iter().enumerate();
            let windows = rules.filter_map(|(index, rule)| Some((rule.windows.due(now)?, index)));
            let Some((window, index)) =
                windows.min_by_key(|(window, index)| (window.span(), *index, *window))
            else {
                self.due = None;
                break;
            };
            let held = self.rules.get(index).map_or(0, |rule| rule.size().bytes);
            let room = self.config.limits.state.saturating_sub(self.queue.bytes());
            if !self.queue.is_empty() && held > room {
                return;
            }
            let zone = &self.config.defaults.zone;
            let rows: Vec<Change> = match self.rules.get_mut(index) {
                Some(rule) => rule.close(window, zone, &mut self.counters),
                None => Vec::new(),
            };
            let mut holdings = self.holdings();
            for row in rows {
                holdings.give(index, window, Kind::Final, row);
            }
        }
        self.holdings().forget_kept();
    }

    /// Bytes that the rows of a window which is closed next may take. Beside alerts
    /// that wait none is closed that there is no room for.
    pub(in crate::session) fn rows_to_come(&self) -> usize {
        let room = match self.queue.is_empty() {
            true => usize::MAX,
            false => self.config.limits.state.saturating_sub(self.queue.bytes()),
        };
        let rules = self.rules.iter();
        rules
            .map(|rule| {
                let held = rule.size().bytes.min(room).saturating_add(rule.kept());
                rule.rows_to_come(held)
            })
            .max()
            .unwrap_or_default()
    }

    /// Bytes that the rows of one event may take beyond it.
    pub(in crate::session) fn event_rows_to_come(&self, length: usize) -> usize {
        let rules = self.rules.iter();
        let rows = rules.map(|rule| rule.event_rows_to_come(length));
        rows.max().unwrap_or_default()
    }
}

//! What is held and what waits, kept within the limits.

use alloc::vec::Vec;

use super::{Due, Engine};
use crate::alert::{Change, Kind};
use crate::session::rule::Rule;
use crate::window::Size;

impl Engine {
    /// Where the windows hold more than the limits allow, gives groups as partial
    /// alerts until they are a quarter below: so that a limit is no place where
    /// every event costs a search for what to give.
    pub(in crate::session) fn make_room(&mut self) {
        let limits = &self.config.limits;
        let (bytes, groups, spans) = (limits.state, limits.groups, limits.windows);
        let size = self.size();
        if size.bytes > bytes || size.groups > groups {
            let [bytes, groups] = [bytes, groups].map(three_quarters);
            while self.size().bytes > bytes || self.size().groups > groups {
                let largest = (0..self.rules.len()).max_by_key(|index| self.size_of(*index).bytes);
                let taken = largest.and_then(|index| {
                    let rule = self.rules.get_mut(index)?;
                    Some((index, rule.windows.take_largest()?))
                });
                let Some((index, (window, state))) = taken else {
                    break;
                };
                self.give_groups(index, window, state);
            }
        }
        if size.spans > spans {
            while self.size().spans > three_quarters(spans) {
                let most = (0..self.rules.len()).max_by_key(|index| self.size_of(*index).spans);
                let taken = most.and_then(|index| {
                    let rule = self.rules.get_mut(index)?;
                    Some((index, rule.windows.take_last(i64::MIN)?))
                });
                let Some((index, (window, state))) = taken else {
                    break;
                };
                self.give_groups(index, window, state);
            }
        }
        if self.kept() > self.config.limits.late {
            self.give_changes();
            self.forget_kept();
        }
    }

    pub(super) fn forget_kept(&mut self) {
        while self.kept() > self.config.limits.late {
            let most = self.rules.iter_mut().max_by_key(|rule| rule.kept());
            if !most.is_some_and(Rule::forget_oldest) {
                break;
            }
        }
    }

    pub(super) fn size_of(&self, rule: usize) -> Size {
        self.rules.get(rule).map(Rule::size).unwrap_or_default()
    }

    /// What all open windows hold.
    pub(in crate::session) fn size(&self) -> Size {
        let sizes = self.rules.iter().map(Rule::size);
        sizes.fold(Size::default(), |all, one| Size {
            bytes: all.bytes.saturating_add(one.bytes),
            groups: all.groups.saturating_add(one.groups),
            spans: all.spans.saturating_add(one.spans),
        })
    }

    /// What is kept of windows that have closed, in bytes.
    fn kept(&self) -> usize {
        self.rules
            .iter()
            .map(Rule::kept)
            .fold(0, usize::saturating_add)
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
            let held = self.size_of(index).bytes;
            let room = self.config.limits.state.saturating_sub(self.queue.bytes());
            if !self.queue.is_empty() && held > room {
                return;
            }
            let zone = &self.config.defaults.zone;
            let rows: Vec<Change> = match self.rules.get_mut(index) {
                Some(rule) => rule.close(window, zone, &mut self.counters),
                None => Vec::new(),
            };
            for row in rows {
                self.give(index, window, Kind::Final, row);
            }
        }
        self.forget_kept();
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

/// What is left of a limit that room is made below.
fn three_quarters(limit: usize) -> usize {
    limit.saturating_sub(limit / 4)
}

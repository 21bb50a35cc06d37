//! `streamstats`: to each row what is counted of the rows up to it.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::beside::{Counted, add, fitting, set};
use super::command::Context;
use super::eval::Expr;
use super::room::Room;
use super::row::Row;
use super::sliding::Sliding;
use super::steps::Steps;
use crate::stats::{Groups, Stats};

/// `streamstats`: to each row what is counted of the rows up to it.
#[derive(Clone, Debug)]
pub struct StreamStats {
    /// What is counted, and by what.
    pub stats: Stats,
    /// Is the row itself counted?
    pub current: bool,
    /// Of so many rows alone; None for all.
    pub window: Option<usize>,
    /// Of the rows alone whose times are less than so many milliseconds from the row's.
    pub within: Option<u64>,
    /// Is the window one for all rows, or one for the by-values of each?
    pub global: bool,
    /// When it begins anew.
    pub reset: Reset,
}

/// When `streamstats` begins anew, for all by-values [Search Reference, "streamstats"].
#[derive(Clone, Debug, Default)]
pub struct Reset {
    /// At a row with other by-values than the one before.
    pub on_change: bool,
    /// Before a row for which this is true.
    pub before: Option<Expr>,
    /// After such a row, with what was counted in it.
    pub after: Option<Expr>,
}

/// What was counted of the rows so far.
#[derive(Default)]
struct SoFar {
    running: Groups,
    /// The windows: one, or one for each key.
    windows: BTreeMap<Vec<u8>, Sliding>,
}

impl StreamStats {
    /// Rows that a window may have.
    pub const MAX_WINDOW: usize = 1000;

    pub(super) fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let mut room = Room::of(&rows, context);
        let mut so_far = SoFar::default();
        let mut last: Option<Vec<u8>> = None;
        for row in &mut rows {
            let Some(key) = self.stats.first_key(row) else {
                continue;
            };
            let holds = |condition: &Option<Expr>, row: &Row| {
                let condition = condition.as_ref();
                condition.is_some_and(|condition| condition.is_true(row, context))
            };
            let changes = last.replace(key.clone()).is_some_and(|last| last != key);
            if self.reset.on_change && changes || holds(&self.reset.before, row) {
                so_far = SoFar::default();
            }
            let counted = match (self.window, self.within) {
                (None, None) => Some(self.running(&mut so_far.running, &key, row, &room, context)),
                _ => {
                    let of = if self.global { Vec::new() } else { key.clone() };
                    let window = so_far.windows.entry(of).or_default();
                    self.in_window(window, &key, row, &room, context)
                }
            };
            let Some(counted) = counted else {
                continue;
            };
            set(row, &counted, &mut room);
            if holds(&self.reset.after, row) {
                so_far = SoFar::default();
            }
        }
        rows
    }

    /// What is counted of all rows so far; nothing where there is no room for it, and from
    /// then on.
    fn running(
        &self,
        running: &mut Groups,
        key: &[u8],
        row: &Row,
        room: &Room<'_>,
        context: &Context<'_>,
    ) -> Counted {
        let before = match self.current {
            true => None,
            false => Some(fitting(running, &self.stats, key, room)),
        };
        if !add(running, &self.stats, row, room, context) {
            context.leave_out(1);
            return Vec::new();
        }
        before.unwrap_or_else(|| fitting(running, &self.stats, key, room))
    }

    /// What is counted of the rows of the window; nothing where that takes more steps than
    /// there are, or there is no room for it. None for a row that is in no window.
    fn in_window(
        &self,
        window: &mut Sliding,
        key: &[u8],
        row: &Row,
        room: &Room<'_>,
        context: &Context<'_>,
    ) -> Option<Counted> {
        if let Some(within) = self.within {
            // A row without a time is in no window, its own neither [U].
            let time = millis(row)?;
            let is_near =
                |other: &Row| millis(other).is_some_and(|other| time.abs_diff(other) < within);
            while window.oldest().is_some_and(|oldest| !is_near(oldest)) {
                window.pop();
            }
            // What the most rows leave no room for.
            let counted = window.len().saturating_add(usize::from(self.current));
            if self.window.is_none() && counted > Self::MAX_WINDOW {
                context.leave_out(1);
            }
        }
        if self.current {
            window.push(&self.stats, row.clone());
        }
        while window.len() > self.window.unwrap_or(Self::MAX_WINDOW) {
            window.pop();
        }
        let steps = Steps::of(row, context);
        // All or nothing: what a part of the rows comes to is of no use.
        let counted = match steps.take(window.steps(key)) {
            Some(()) => fitting(&window.counted(&self.stats, key), &self.stats, key, room),
            None => Vec::new(),
        };
        if !self.current {
            window.push(&self.stats, row.clone());
        }
        Some(counted)
    }
}

/// The time of a row, in milliseconds.
fn millis(row: &Row) -> Option<i64> {
    let time = row.get("_time").number()?.as_time()?;
    let millis = i64::from(time.nanos() / 1_000_000);
    Some(time.seconds().saturating_mul(1000).saturating_add(millis))
}

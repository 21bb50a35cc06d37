//! `eventstats` and `streamstats`: what `stats` counts, beside the rows that it
//! counted.

use alloc::collections::BTreeMap;
use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::eval::Expr;
use super::room::Room;
use super::row::Row;
use super::steps::Steps;
use crate::stats::{Groups, Observation, Over, Stats};
use crate::value::Value;

/// What is counted of a group: columns and values.
type Counted = Vec<(String, Value)>;

/// `eventstats`: to each row what is counted of all rows with its by-values; a row
/// that lacks one of them stays as it is. Of a row with several values in a by-field
/// the first counts `[U]`.
pub(super) fn eventstats(stats: &Stats, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
    let mut groups = Groups::default();
    let keys: Vec<Option<Vec<u8>>> = rows
        .iter()
        .map(|row| add(&mut groups, stats, row))
        .collect();
    let mut known: BTreeMap<&[u8], Counted> = BTreeMap::new();
    let mut room = Room::of(&rows, context);
    context.leave_out(groups.left_out());
    for (row, key) in rows.iter_mut().zip(&keys) {
        let Some(key) = key.as_deref() else {
            continue;
        };
        let counted = known
            .entry(key)
            .or_insert_with(|| result(&groups, stats, key));
        set(row, counted, &mut room);
    }
    rows
}

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

impl StreamStats {
    /// Rows that a window may have: each row counts all of its window.
    pub const MAX_WINDOW: usize = 1000;

    pub(super) fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let mut room = Room::of(&rows, context);
        let mut running = Groups::default();
        let mut before: BTreeMap<Vec<u8>, VecDeque<Near>> = BTreeMap::new();
        let mut last: Option<Vec<u8>> = None;
        for row in &mut rows {
            let mut alone = Groups::default();
            let Some(key) = add(&mut alone, &self.stats, row) else {
                continue;
            };
            let holds = |condition: &Option<Expr>, row: &Row| {
                let condition = condition.as_ref();
                condition.is_some_and(|condition| condition.is_true(row, context))
            };
            let changes = last.replace(key.clone()).is_some_and(|last| last != key);
            if self.reset.on_change && changes || holds(&self.reset.before, row) {
                running = Groups::default();
                before.clear();
            }
            let counted = match (self.window, self.within) {
                (None, None) => {
                    let last = match self.current {
                        true => None,
                        false => Some(self.fitting(&running, &key, &room)),
                    };
                    add(&mut running, &self.stats, row);
                    last.unwrap_or_else(|| self.fitting(&running, &key, &room))
                }
                (window, within) => {
                    let of = if self.global { Vec::new() } else { key.clone() };
                    let before = before.entry(of).or_default();
                    if let Some(within) = within {
                        // A row without a time is in no window, its own neither [U].
                        let Some(time) = millis(row) else {
                            continue;
                        };
                        let is_near = |one: &Near| {
                            millis(&one.row).is_some_and(|other| time.abs_diff(other) < within)
                        };
                        while before.front().is_some_and(|one| !is_near(one)) {
                            before.pop_front();
                        }
                        // What the most rows leave no room for.
                        let counted = before.len().saturating_add(usize::from(self.current));
                        if window.is_none() && counted > Self::MAX_WINDOW {
                            context.leave_out(1);
                        }
                    }
                    let window = window.unwrap_or(Self::MAX_WINDOW);
                    self.in_window(window, &key, row, before, &room, context)
                }
            };
            set(row, &counted, &mut room);
            if holds(&self.reset.after, row) {
                running = Groups::default();
                before.clear();
            }
        }
        rows
    }

    /// What is counted of the last `window` rows; nothing where that takes more steps
    /// than there are, or there is no room for it.
    fn in_window(
        &self,
        window: usize,
        key: &[u8],
        row: &Row,
        before: &mut VecDeque<Near>,
        room: &Room<'_>,
        context: &Context<'_>,
    ) -> Counted {
        let near = Near {
            row: row.clone(),
            cost: COUNTING.saturating_mul(self.counts(row)),
        };
        let later = match self.current {
            true => {
                before.push_back(near);
                None
            }
            false => Some(near),
        };
        while before.len() > window {
            before.pop_front();
        }
        let mut groups = Groups::default();
        let steps = Steps::of(row, context);
        let costs = before.iter().map(|one| one.cost);
        // All or nothing: what a part of the rows comes to is of no use.
        if steps.take(costs.fold(0, usize::saturating_add)).is_some() {
            for one in before.iter() {
                add(&mut groups, &self.stats, &one.row);
            }
        }
        before.extend(later);
        match steps.sufficed() {
            true => self.fitting(&groups, key, room),
            false => Vec::new(),
        }
    }

    /// What was counted of a group; nothing where it lists more than there is room for,
    /// before a list is made of it: the running ones grow with the rows.
    fn fitting(&self, groups: &Groups, key: &[u8], room: &Room<'_>) -> Counted {
        let (count, bytes) = groups.listed(key);
        match room.fits(count.saturating_mul(LISTED).saturating_add(bytes)) {
            true => result(groups, &self.stats, key),
            false => Vec::new(),
        }
    }

    /// How many values of a row are counted, each function of its own, one of them at the
    /// least.
    fn counts(&self, row: &Row) -> usize {
        let aggregates = self.stats.aggregates.iter();
        let counts = aggregates.map(|one| match &one.over {
            Over::Events => 1,
            Over::Field(field) => row.get(&field.name).each().len().max(1),
            Over::Each { names, .. } => {
                let columns = row.columns().iter();
                let covered = columns.filter(|(name, _)| names.covers(name));
                let values = covered.map(|(_, value)| value.each().len());
                values.fold(1, usize::saturating_add)
            }
        });
        counts.fold(0, usize::saturating_add)
    }
}

/// A row of a window.
struct Near {
    row: Row,
    /// The steps that counting it costs.
    cost: usize,
}

/// The steps that counting a value once more costs.
const COUNTING: usize = 16;

/// The bytes of a text in a row, besides its own.
const LISTED: usize = 32;

/// The time of a row, in milliseconds.
fn millis(row: &Row) -> Option<i64> {
    let time = row.get("_time").number()?.as_time()?;
    let millis = i64::from(time.nanos() / 1_000_000);
    Some(time.seconds().saturating_mul(1000).saturating_add(millis))
}

/// Counts a row; the key of the first group that it went to.
fn add(groups: &mut Groups, stats: &Stats, row: &Row) -> Option<Vec<u8>> {
    let seen = Observation {
        time: row.identity.latest,
        samples: &[],
        keep: 0,
    };
    let mut first = None;
    let _ = groups.add(stats, row, &seen, usize::MAX, &mut |key| {
        first.get_or_insert_with(|| key.to_vec());
    });
    first
}

fn result(groups: &Groups, stats: &Stats, key: &[u8]) -> Counted {
    let values = groups.result(stats, key).map(|result| result.values);
    let values = values.unwrap_or_default().into_iter();
    values
        .map(|(name, value)| (name.into_owned(), value))
        .collect()
}

fn set(row: &mut Row, counted: &Counted, room: &mut Room<'_>) {
    let length = |value: &Value| match value {
        Value::Text(text) => text.len().saturating_add(LISTED),
        _ => 40,
    };
    let each = counted.iter().flat_map(|(_, value)| value.each());
    if room.take(each.map(length).sum()) {
        for (name, value) in counted {
            row.set(name, value.clone());
        }
    }
}

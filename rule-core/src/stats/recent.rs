//! What goes by time: `earliest`, `latest`, and — since a search reads events
//! newest first — `first`, `last` and `list`.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Item;
use super::size;
use super::stored::Stored;
use crate::time::Time;
use crate::value::Value;

/// A value with the time of its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Timed {
    time: Option<Time>,
    value: Stored,
}

impl Timed {
    /// Newest first; of one time, by the value; events without a time last.
    fn order(&self, other: &Timed) -> Ordering {
        other
            .time
            .cmp(&self.time)
            .then_with(|| self.value.cmp(&other.value))
    }
}

/// One value, the first or the last in the order of a search.
#[derive(Clone, Debug)]
pub(super) struct One {
    newest: bool,
    /// `earliest` and `latest` take events with a time only.
    needs_time: bool,
    kept: Option<Timed>,
}

impl One {
    pub(super) fn new(newest: bool, needs_time: bool) -> Self {
        One {
            newest,
            needs_time,
            kept: None,
        }
    }

    /// Bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> usize {
        if self.needs_time && time.is_none() {
            return 0;
        }
        let new = Timed {
            time,
            value: Stored::new(item),
        };
        let before = match &self.kept {
            Some(kept) => {
                let order = new.order(kept);
                if if self.newest {
                    order.is_ge()
                } else {
                    order.is_le()
                } {
                    return 0;
                }
                kept.value.heap()
            }
            None => 0,
        };
        let size = new.value.heap();
        self.kept = Some(new);
        size.saturating_sub(before)
    }

    pub(super) fn value(&self) -> Value {
        self.kept
            .as_ref()
            .map_or(Value::Null, |kept| kept.value.value())
    }
}

/// `list`: the first values in the order of a search, at most 100 [Search
/// Reference, "list"].
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    kept: Vec<Timed>,
}

const LIST_LENGTH: usize = 100;

impl List {
    /// Bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> usize {
        let new = Timed {
            time,
            value: Stored::new(item),
        };
        let place = self.kept.partition_point(|kept| kept.order(&new).is_le());
        if place >= LIST_LENGTH {
            return 0;
        }
        let size = new.value.heap() + size::TIMED;
        self.kept.insert(place, new);
        let dropped = if self.kept.len() > LIST_LENGTH {
            self.kept.pop()
        } else {
            None
        };
        size.saturating_sub(dropped.map_or(0, |gone| gone.value.heap() + size::TIMED))
    }

    pub(super) fn values(&self) -> Value {
        Value::from_list(self.kept.iter().map(|kept| kept.value.value()).collect())
    }
}

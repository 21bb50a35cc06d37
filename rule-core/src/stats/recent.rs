//! What goes by time: `earliest`, `latest`, and — since a search reads events
//! newest first — `first`, `last` and `list`.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::Item;
use super::size;
use super::stored::Stored;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::value::Value;

/// A value with the time of its event.
#[derive(Clone, Debug)]
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
            .then_with(|| self.value.order(&other.value))
    }

    fn write(&self, writer: &mut Writer) {
        writer.option(self.time, |writer, time| time.write(writer));
        self.value.write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Timed {
            time: reader.option(Time::read)?,
            value: Stored::read(reader)?,
        })
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
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> isize {
        if self.needs_time && time.is_none() {
            return 0;
        }
        self.offer(Timed {
            time,
            value: Stored::new(item),
        })
    }

    fn offer(&mut self, new: Timed) -> isize {
        if let Some(kept) = &self.kept {
            let order = new.order(kept);
            let prefers = if self.newest {
                order.is_lt()
            } else {
                order.is_gt()
            };
            if !prefers {
                return 0;
            }
        }
        let before = self.size();
        self.kept = Some(new);
        size::growth(before, self.size())
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &One) -> isize {
        let kept = other.kept.clone();
        kept.map_or(0, |kept| self.offer(kept))
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.value.heap())
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.option(self.kept.as_ref(), |writer, kept| kept.write(writer));
    }

    /// Reads what was kept into a new one.
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let kept = reader.option(Timed::read)?;
        if self.needs_time && kept.as_ref().is_some_and(|kept| kept.time.is_none()) {
            return Err(Damaged);
        }
        Ok(One { kept, ..self })
    }

    /// The time of the event.
    pub(super) fn time(&self) -> Option<Time> {
        self.kept.as_ref().and_then(|kept| kept.time)
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
    pub(super) fn add(&mut self, item: Item<'_>, time: Option<Time>) -> isize {
        self.offer(Timed {
            time,
            value: Stored::new(item),
        })
    }

    fn offer(&mut self, new: Timed) -> isize {
        let place = self.kept.partition_point(|kept| kept.order(&new).is_le());
        if place >= LIST_LENGTH {
            return 0;
        }
        let added = size_in_list(&new);
        self.kept.insert(place, new);
        let dropped = if self.kept.len() > LIST_LENGTH {
            self.kept.pop()
        } else {
            None
        };
        size::growth(dropped.as_ref().map_or(0, size_in_list), added)
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &List) -> isize {
        other.kept.iter().map(|kept| self.offer(kept.clone())).sum()
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        self.kept.iter().map(size_in_list).sum()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.kept.iter(), |writer, kept| kept.write(writer));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let kept = reader.list(Timed::read)?;
        let in_order = kept.is_sorted_by(|one, next| one.order(next).is_le());
        if kept.len() > LIST_LENGTH || !in_order {
            return Err(Damaged);
        }
        Ok(List { kept })
    }

    pub(super) fn values(&self) -> Value {
        Value::from_list(self.kept.iter().map(|kept| kept.value.value()).collect())
    }
}

fn size_in_list(kept: &Timed) -> usize {
    size::TIMED.saturating_add(kept.value.heap())
}

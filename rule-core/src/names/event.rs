//! An event: the fields asked for, its time, and its raw text.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::kinds::Slots;
use super::message::fill;
use super::table::Table;
use crate::search::{Field, Fields};
use crate::stats::{Item, Source};
use crate::time::{Stamp, Time, Zone};
use crate::value::Number;

/// What an event takes where it says nothing itself: settings of its input, or
/// of the session.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The host.
    pub host: Option<String>,
    /// The source.
    pub source: Option<String>,
    /// The sourcetype.
    pub sourcetype: Option<String>,
    /// The zone of timestamps that say none.
    pub zone: Zone,
    /// The time of events that have none, where there is a clock.
    pub now: Option<Time>,
}

impl Default for Defaults {
    fn default() -> Self {
        Defaults {
            host: None,
            source: None,
            sourcetype: None,
            zone: Zone::utc(),
            now: None,
        }
    }
}

/// One event, by the names of Splunk.
#[derive(Clone, Debug)]
pub struct Event<'r> {
    pub(super) slots: Vec<Slot<'r>>,
    /// Every field of its own, where they are kept, in their order.
    pub(super) others: Others<'r>,
    /// How many values of fields it has beyond those that are kept.
    pub(super) left_out: u64,
    pub(super) raw: Cow<'r, str>,
    pub(super) time: Option<Time>,
    /// The place of `_time`, which is no text before one is asked for.
    pub(super) time_slot: Option<usize>,
}

/// The values of a field, and how good the path is that they came by.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot<'r> {
    rank: u16,
    values: Values<'r>,
}

#[derive(Clone, Debug, Default)]
enum Values<'r> {
    #[default]
    None,
    One(Cow<'r, str>),
    Many(Vec<Cow<'r, str>>),
}

impl<'r> Slot<'r> {
    /// Takes a value: in place of what came by a worse path, beside what came
    /// by the same one; false where it has as many as there may be.
    pub(super) fn offer(&mut self, rank: u16, value: Cow<'r, str>) -> bool {
        if let Values::Many(values) = &self.values
            && values.len() >= MOST_VALUES
            && rank == self.rank
        {
            return false;
        }
        self.values = match core::mem::take(&mut self.values) {
            Values::None => {
                self.rank = rank;
                Values::One(value)
            }
            _ if rank < self.rank => {
                self.rank = rank;
                Values::One(value)
            }
            kept if rank > self.rank => kept,
            Values::One(first) => Values::Many(alloc::vec![first, value]),
            Values::Many(mut values) => {
                values.push(value);
                Values::Many(values)
            }
        };
        true
    }

    fn set(&mut self, value: Cow<'r, str>) {
        *self = Slot {
            rank: 0,
            values: Values::One(value),
        };
    }

    fn values(&self) -> &[Cow<'r, str>] {
        match &self.values {
            Values::None => &[],
            Values::One(value) => core::slice::from_ref(value),
            Values::Many(values) => values,
        }
    }

    fn is_empty(&self) -> bool {
        matches!(self.values, Values::None)
    }
}

/// Values of one field that are kept: a value may be two bytes of a record, and takes many
/// times that.
const MOST_VALUES: usize = 1 << 15;

/// Values of further fields that are kept, of all of them together, the first one of each
/// apart.
const MOST_OTHERS: usize = 1 << 15;

/// Further fields that are kept: more than a row has.
const MOST_FIELDS: usize = 2000;

/// Fields of an event that nobody asked for by their names, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Others<'r> {
    places: BTreeMap<String, usize>,
    fields: Vec<(String, Vec<Cow<'r, str>>)>,
    values: usize,
}

impl<'r> Others<'r> {
    /// Takes a value of a field; false where there is no room for it.
    pub(super) fn add(&mut self, name: &str, value: Cow<'r, str>) -> bool {
        if let Some(place) = self.places.get(name) {
            let fits = self.values < MOST_OTHERS;
            if fits && let Some((_, values)) = self.fields.get_mut(*place) {
                self.values = self.values.saturating_add(1);
                values.push(value);
            }
            return fits;
        }
        let fits = self.fields.len() < MOST_FIELDS;
        if fits {
            self.places.insert(String::from(name), self.fields.len());
            self.fields.push((String::from(name), alloc::vec![value]));
        }
        fits
    }
}

/// What reading an event found besides its fields.
#[derive(Debug, Default)]
pub(super) struct Found<'r> {
    /// The timestamp that counts so far, with the rank of its path.
    pub(super) stamp: Option<(u16, Stamp)>,
    /// The values for a message template.
    pub(super) inserts: Vec<Cow<'r, str>>,
}

impl<'r> Event<'r> {
    /// The values of the field at a place of the table; none for `_time`, which is
    /// [`Event::time`].
    #[must_use]
    pub fn values(&self, slot: usize) -> &[Cow<'r, str>] {
        self.slots.get(slot).map_or(&[], Slot::values)
    }

    /// When the event was, where it says so.
    #[must_use]
    pub fn time(&self) -> Option<Time> {
        self.time
    }

    /// Every field that the event has itself, asked for or not, by its plain name, with
    /// its values; none where no plan wants all.
    #[must_use]
    pub fn others(&self) -> &[(String, Vec<Cow<'r, str>>)] {
        &self.others.fields
    }

    /// How many values of fields the event has beyond those that are kept of it.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Fills what the event does not say itself: its time, message, sourcetype,
    /// source and host.
    pub(super) fn complete(&mut self, table: &'r Table, defaults: &'r Defaults, found: Found<'r>) {
        let slots = &table.slots;
        let stamp = found.stamp.map(|(_, stamp)| stamp.resolve(&defaults.zone));
        self.time = stamp.or(defaults.now);
        self.time_slot = slots.time;
        let first = |slot: usize| self.values(slot).first().cloned();
        let channel = first(slots.channel);
        let by_channel = |names: &'r BTreeMap<String, String>| {
            // Windows takes the names of channels without case.
            let channel = channel.as_deref()?;
            let same = |(name, _): &(&String, &String)| name.eq_ignore_ascii_case(channel);
            let found = names.get(channel);
            found.or_else(|| names.iter().find(same).map(|(_, value)| value))
        };
        if let Some(slot) = slots.message
            // A collector that has not the provider's texts may write an empty one.
            && self.values(slot).iter().all(|value| value.is_empty())
            && let (Some(provider), Some(code)) = (first(slots.provider), first(slots.event_code))
        {
            let key = (provider.into_owned(), code.into_owned());
            let template = table.sources.messages.get(&key);
            if let Some(template) = template
                && let Some(slot) = self.slots.get_mut(slot)
            {
                slot.set(Cow::Owned(fill(template, &found.inserts)));
            }
        }
        let lacks = |slot: Option<usize>| {
            slot.filter(|slot| self.slots.get(*slot).is_some_and(Slot::is_empty))
        };
        let filled: [Option<(usize, Cow<'r, str>)>; 5] = [
            lacks(slots.sourcetype).and_then(|slot| {
                let named = by_channel(&table.sources.sourcetypes);
                Some((slot, named.or(defaults.sourcetype.as_ref())?.into()))
            }),
            lacks(slots.source).and_then(|slot| {
                let source = defaults.source.as_ref().map(Cow::from);
                let of_channel = || {
                    let template = table.sources.source.as_ref()?;
                    Some(template.replace("$Channel$", channel.as_deref()?).into())
                };
                Some((slot, source.or_else(of_channel)?))
            }),
            lacks(slots.host).and_then(|slot| Some((slot, defaults.host.as_ref()?.into()))),
            lacks(slots.index)
                .and_then(|slot| Some((slot, by_channel(&table.sources.indexes)?.into()))),
            lacks(slots.raw).map(|slot| (slot, self.raw.clone())),
        ];
        for (slot, value) in filled.into_iter().flatten() {
            if let Some(slot) = self.slots.get_mut(slot) {
                slot.set(value);
            }
        }
        table.made.fill(self);
    }
}

impl<'r> Slots<'r> for Event<'r> {
    fn values(&self, slot: usize) -> &[Cow<'r, str>] {
        self.values(slot)
    }

    fn add(&mut self, slot: usize, value: Cow<'r, str>) {
        if let Some(slot) = self.slots.get_mut(slot) {
            let is_kept = slot.offer(0, value);
            self.left_out = self.left_out.saturating_add(u64::from(!is_kept));
        }
    }
}

impl Found<'_> {
    /// Can no timestamp by a path of this rank count any more?
    pub(super) fn has_stamp_before(&self, rank: u16) -> bool {
        let kept = self.stamp.filter(|(kept, _)| *kept < rank);
        kept.is_some_and(|(kept, stamp)| kept == 0 || matches!(stamp, Stamp::Absolute(_)))
    }

    /// Takes a timestamp by a path of this rank. `_time` itself counts before all others;
    /// then the first that says its zone; then the first.
    pub(super) fn offer_stamp(&mut self, rank: u16, stamp: Stamp) {
        let order = |(rank, stamp): (u16, Stamp)| {
            let own = rank == 0;
            let zoned = matches!(stamp, Stamp::Absolute(_));
            (!own, !zoned, rank)
        };
        let offered = (rank, stamp);
        if self.stamp.is_none_or(|kept| order(offered) < order(kept)) {
            self.stamp = Some(offered);
        }
    }
}

impl Source for Event<'_> {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        if field.name == "_time" {
            if let Some(time) = self.time {
                visit(Item::Number(Number::Time(time)));
            }
            return;
        }
        for value in self.values(field.slot) {
            visit(Item::Text(value));
        }
    }
}

impl Fields for Event<'_> {
    fn any(&self, field: &Field, test: &mut dyn FnMut(&str) -> bool) -> Option<bool> {
        match self.values(field.slot) {
            [] if self.time_slot == Some(field.slot) => {
                self.time.map(|time| test(&time.to_string()))
            }
            [] => None,
            values => Some(values.iter().any(|value| test(value))),
        }
    }

    fn raw(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.raw)
    }
}

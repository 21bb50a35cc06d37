//! Groups of events by their by-values.

use core::borrow::Borrow;
use core::cmp::Ordering;

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::group::Group;
use super::{Observation, Sample, Source, Stats, key};
use crate::entries;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::value::Value;

/// The groups of one window, or of one `stats` over rows.
///
/// Kept in an ordered map: its cost is the same whatever by-values an attacker
/// chooses, which that of a hash map without a secret key is not. In front of each key
/// stands a hash of it, so that mostly a number is compared, and no text.
///
/// INVARIANT: `bytes` is what the groups take, a function of what they are and
/// not of how they came to be.
#[derive(Clone, Debug, Default)]
pub struct Groups {
    groups: BTreeMap<Key, Group>,
    bytes: usize,
}

/// The hash of a key, and the key.
type Key = (u64, Box<[u8]>);

/// A key with its hash, whoever owns it: so that one can be looked for without a copy.
trait Hashed {
    fn parts(&self) -> (u64, &[u8]);
}

impl Hashed for Key {
    fn parts(&self) -> (u64, &[u8]) {
        (self.0, &self.1)
    }
}

impl Hashed for (u64, &[u8]) {
    fn parts(&self) -> (u64, &[u8]) {
        *self
    }
}

impl<'k> Borrow<dyn Hashed + 'k> for Key {
    fn borrow(&self) -> &(dyn Hashed + 'k) {
        self
    }
}

impl Ord for dyn Hashed + '_ {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts().cmp(&other.parts())
    }
}

impl PartialOrd for dyn Hashed + '_ {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for dyn Hashed + '_ {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for dyn Hashed + '_ {}

fn hashed(key: &[u8]) -> Key {
    (key::hash(key), Box::from(key))
}

/// How much may be held of one event.
#[derive(Clone, Copy, Debug)]
pub struct Most {
    /// Bytes that the by-values of a group may have.
    pub key: usize,
    /// Bytes that its groups may take together, the last one apart.
    pub groups: usize,
}

impl Most {
    /// By-values of any length, and so many bytes of groups.
    #[must_use]
    pub const fn of_groups(groups: usize) -> Self {
        Most {
            key: usize::MAX,
            groups,
        }
    }
}

/// What became of an event, besides the groups that took it.
#[derive(Clone, Debug, Default)]
pub struct Added {
    /// Combinations of its by-values that are in no group: beyond
    /// [`super::MAX_COMBINATIONS`], of more than a MiB together, or of groups that take
    /// more than [`Most::groups`].
    pub left_out: usize,
    /// Its groups whose by-values are too long to be held.
    pub apart: Option<Groups>,
}

impl Added {
    /// Joins what became of another part of the same event.
    pub fn join(&mut self, other: Added, keep: usize) {
        self.left_out = self.left_out.saturating_add(other.left_out);
        match (&mut self.apart, other.apart) {
            (Some(groups), Some(other)) => groups.join(other, keep),
            (apart @ None, other) => *apart = other,
            (Some(_), None) => {}
        }
    }
}

/// The result of one group.
#[derive(Clone, Debug)]
pub struct GroupResult<'s> {
    /// The by-fields.
    pub by: Vec<&'s str>,
    /// Their values, in the order of the by-clause.
    pub by_values: Vec<String>,
    /// The aggregates: column and value, in their order.
    pub values: Vec<(Cow<'s, str>, Value)>,
    /// The latest time of its events.
    pub latest: Option<Time>,
    /// Events behind it, earliest first.
    pub samples: Vec<Sample>,
}

impl Groups {
    /// Takes an event into the groups of its by-values.
    ///
    /// An event that lacks a by-field is in none (`[U]`; documented for tstats). Of
    /// a by-field with several values each is a group, and a value that is
    /// there twice counts twice [Search Reference, "stats"].
    ///
    /// A group whose by-values have more bytes than `most` allows is not held here but
    /// given back. `touched` is told the key of each group that took the event, as often
    /// as it did.
    pub fn add(
        &mut self,
        stats: &Stats,
        source: &dyn Source,
        seen: &Observation<'_>,
        most: Most,
        touched: &mut dyn FnMut(&[u8]),
    ) -> Added {
        let mut added = Added::default();
        if let Some(key) = key::single(stats, source) {
            if key::text_bytes(&key, stats) > most.key {
                let apart = added.apart.get_or_insert_default();
                apart.add_to(&key, stats, source, seen);
            } else {
                touched(&key);
                self.add_to(&key, stats, source, seen);
            }
            return added;
        }
        let (keys, left_out) = key::keys(stats, source);
        added.left_out = left_out;
        // By themselves first: what is left out goes by the event, and not by what is held.
        let mut own = Groups::default();
        for key in &keys {
            let held = added.apart.as_ref().map_or(0, Groups::bytes);
            if own.bytes.saturating_add(held) > most.groups {
                added.left_out = added.left_out.saturating_add(1);
            } else if key::text_bytes(key, stats) > most.key {
                let apart = added.apart.get_or_insert_default();
                apart.add_to(key, stats, source, seen);
            } else {
                touched(key);
                own.add_to(key, stats, source, seen);
            }
        }
        self.join(own, seen.keep);
        added
    }

    /// Takes an event into the group of one key, where it is one of its own.
    pub(crate) fn add_to_group(
        &mut self,
        stats: &Stats,
        source: &dyn Source,
        seen: &Observation<'_>,
        key: &[u8],
    ) {
        match key::single(stats, source) {
            Some(own) if own == key => self.add_to(key, stats, source, seen),
            Some(_) => {}
            None => {
                let (keys, _) = key::keys(stats, source);
                for _ in keys.iter().filter(|own| *own == key) {
                    self.add_to(key, stats, source, seen);
                }
            }
        }
    }

    fn add_to(&mut self, key: &[u8], stats: &Stats, source: &dyn Source, seen: &Observation<'_>) {
        let hash = key::hash(key);
        let known: &dyn Hashed = &(hash, key);
        let grown = match self.groups.get_mut(known) {
            Some(group) => group.add(stats, source, seen),
            None => {
                let mut group = Group::new(stats);
                group.add(stats, source, seen);
                self.insert((hash, Box::from(key)), group);
                0
            }
        };
        self.bytes = self.bytes.saturating_add_signed(grown);
    }

    /// Joins the groups of another part of the same window: what comes of it
    /// is as if all events had been added here. Keeps so many samples of each
    /// group.
    pub fn merge(&mut self, other: &Groups, keep: usize) {
        for (key, part) in &other.groups {
            self.merge_one(key, part, keep);
        }
    }

    /// Joins groups that nobody else needs, as [`Groups::merge`] does.
    pub fn join(&mut self, other: Groups, keep: usize) {
        for (key, part) in other.groups {
            if !self.merge_known(&key, &part, keep) {
                self.insert_part(key, part, keep);
            }
        }
    }

    /// Joins the group of one key alone, without samples.
    pub(crate) fn merge_group(&mut self, other: &Groups, key: &[u8]) {
        let known: &dyn Hashed = &(key::hash(key), key);
        if let Some((key, part)) = other.groups.get_key_value(known) {
            self.merge_one(key, part, 0);
        }
    }

    fn merge_one(&mut self, key: &Key, part: &Group, keep: usize) {
        if !self.merge_known(key, part, keep) {
            self.insert_part(key.clone(), part.clone(), keep);
        }
    }

    /// Joins a part of a group that is here; false where it is not.
    fn merge_known(&mut self, key: &Key, part: &Group, keep: usize) -> bool {
        let Some(group) = self.groups.get_mut(key) else {
            return false;
        };
        let grown = group.merge(part, keep);
        self.bytes = self.bytes.saturating_add_signed(grown);
        true
    }

    fn insert_part(&mut self, key: Key, mut part: Group, keep: usize) {
        part.keep_samples(keep);
        self.insert(key, part);
    }

    /// Puts in a group whose key is not here yet.
    fn insert(&mut self, key: Key, group: Group) {
        let size = key.1.len().saturating_add(group.size());
        self.bytes = self.bytes.saturating_add(size);
        self.groups.insert(key, group);
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// What the groups take of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What the group of a key takes of it.
    pub(crate) fn group_bytes(&self, key: &[u8]) -> usize {
        let known: &dyn Hashed = &(key::hash(key), key);
        self.groups.get(known).map_or(0, Group::size)
    }

    /// How many values of fields that were asked for by a pattern there was no room for.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.groups.values().map(Group::left_out).sum()
    }

    /// The results, sorted by the by-values: numbers before text.
    #[must_use]
    pub fn results<'s>(&self, stats: &'s Stats) -> Vec<GroupResult<'s>> {
        let groups = self.groups.iter();
        let mut results: Vec<GroupResult<'s>> = groups
            .map(|((_, key), group)| group.result(stats, key))
            .collect();
        entries::sort(&mut results, |left, right| {
            key::order(&left.by_values, &right.by_values)
        });
        results
    }

    /// How many texts the `values` in the result of a key list, and their bytes: at a cost
    /// that does not go with their number.
    #[must_use]
    pub fn listed(&self, key: &[u8]) -> (usize, usize) {
        let known: &dyn Hashed = &(key::hash(key), key);
        self.groups.get(known).map_or((0, 0), Group::listed)
    }

    /// The result of the group of a key.
    #[must_use]
    pub fn result<'s>(&self, stats: &'s Stats, key: &[u8]) -> Option<GroupResult<'s>> {
        let known: &dyn Hashed = &(key::hash(key), key);
        Some(self.groups.get(known)?.result(stats, key))
    }

    /// The group of a key alone.
    #[must_use]
    pub fn group(&self, key: &[u8]) -> Option<Groups> {
        let (key, group) = self.groups.get_key_value(&hashed(key))?;
        Some(Groups::of(key.clone(), group.clone()))
    }

    /// Each group alone, in the order of [`Groups::results`].
    #[must_use]
    pub fn into_single(self) -> Vec<Groups> {
        let groups = self.groups.into_iter();
        let mut groups: Vec<_> = groups
            .map(|(key, group)| (key::values(&key.1).unwrap_or_default(), key, group))
            .collect();
        entries::sort(&mut groups, |(left, ..), (right, ..)| {
            key::order(left, right)
        });
        let single = groups.into_iter();
        single
            .map(|(_, key, group)| Groups::of(key, group))
            .collect()
    }

    fn of(key: Key, group: Group) -> Self {
        let mut groups = Groups::default();
        groups.insert(key, group);
        groups
    }

    /// Writes them.
    pub fn write(&self, writer: &mut Writer) {
        writer.list(self.groups.iter(), |writer, ((_, key), group)| {
            writer.bytes(key);
            group.write(writer);
        });
    }

    /// Reads the groups of a `stats`.
    ///
    /// # Errors
    /// What cannot be such groups: keys out of order or not of as many values
    /// as the by-clause has fields, and what its functions cannot have kept.
    pub fn read(reader: &mut Reader<'_>, stats: &Stats) -> Result<Groups, Damaged> {
        let mut groups = Groups::default();
        reader.list(|reader| {
            let key = reader.bytes()?;
            let values = key::values(key).ok_or(Damaged)?;
            let key = hashed(key);
            let last = groups.groups.last_key_value();
            let in_order = last.is_none_or(|(last, _)| *last < key);
            if !in_order || values.len() != stats.by.len() {
                return Err(Damaged);
            }
            groups.insert(key, Group::read(reader, stats)?);
            Ok(())
        })?;
        Ok(groups)
    }
}

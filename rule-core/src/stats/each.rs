//! A function of each field whose name a pattern covers: `values(src_*)`.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use super::accumulator::Accumulator;
use super::{Function, Item, size};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::value::Value;

/// Fields of a group that one aggregate counts, at the most: as many as an event has. Of
/// more the first by their names stay, so that it is the same ones in whatever order
/// they come: one that is left out once has as many before it for ever.
const MOST: usize = 1000;

/// What is kept of the fields, by their names.
#[derive(Clone, Debug)]
pub(super) struct Each {
    function: Function,
    fields: BTreeMap<Box<str>, Counted>,
    /// Values of fields for which there is no room.
    left_out: u64,
}

#[derive(Clone, Debug)]
struct Counted {
    /// How many values it has: what is left out with it.
    values: u64,
    kept: Accumulator,
}

impl Each {
    pub(super) fn new(function: Function) -> Self {
        Each {
            function,
            fields: BTreeMap::new(),
            left_out: 0,
        }
    }

    /// Takes a value of a field; gives the bytes that the state grew by.
    pub(super) fn add(&mut self, name: &str, item: Item<'_>, time: Option<Time>) -> isize {
        if let Some(counted) = self.fields.get_mut(name) {
            counted.values = counted.values.saturating_add(1);
            return counted.kept.add(item, time);
        }
        let last = self.fields.last_key_value();
        if self.fields.len() >= MOST && last.is_some_and(|(last, _)| **last < *name) {
            self.left_out = self.left_out.saturating_add(1);
            return 0;
        }
        let mut kept = Accumulator::new(self.function);
        kept.add(item, time);
        self.insert(name, Counted { values: 1, kept })
    }

    fn insert(&mut self, name: &str, counted: Counted) -> isize {
        let mut grown = size::growth(0, size_of(name, &counted));
        self.fields.insert(Box::from(name), counted);
        if self.fields.len() > MOST
            && let Some((name, counted)) = self.fields.pop_last()
        {
            self.left_out = self.left_out.saturating_add(counted.values);
            grown = grown.saturating_add(size::growth(size_of(&name, &counted), 0));
        }
        grown
    }

    /// Takes what another part of the same group has; gives the bytes that the state
    /// grew by.
    pub(super) fn merge(&mut self, other: &Each) -> isize {
        self.left_out = self.left_out.saturating_add(other.left_out);
        let mut grown = 0isize;
        for (name, part) in &other.fields {
            let more = match self.fields.get_mut(name) {
                Some(counted) => {
                    counted.values = counted.values.saturating_add(part.values);
                    counted.kept.merge(&part.kept)
                }
                None => self.insert(name, part.clone()),
            };
            grown = grown.saturating_add(more);
        }
        grown
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        let fields = self.fields.iter();
        let sizes = fields.map(|(name, counted)| size_of(name, counted));
        sizes.fold(size::EACH, usize::saturating_add)
    }

    /// How many values there was no room for.
    pub(super) fn left_out(&self) -> u64 {
        self.left_out
    }

    /// The fields and what is counted of them, by their names.
    pub(super) fn values(&self) -> impl Iterator<Item = (&str, Value)> {
        let fields = self.fields.iter();
        fields.map(|(name, counted)| (&**name, counted.kept.value()))
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.fields.iter(), |writer, (name, counted)| {
            writer.text(name);
            writer.number(counted.values);
            counted.kept.write(writer);
        });
        writer.number(self.left_out);
    }

    /// Reads what was kept into a new one.
    pub(super) fn read(mut self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        reader.list(|reader| {
            let name = reader.text()?;
            let last = self.fields.last_key_value();
            let is_next = last.is_none_or(|(last, _)| **last < *name);
            if !is_next || self.fields.len() == MOST {
                return Err(Damaged);
            }
            let counted = Counted {
                values: reader.number()?,
                kept: Accumulator::read(reader, self.function)?,
            };
            self.fields.insert(Box::from(name), counted);
            Ok(())
        })?;
        self.left_out = reader.number()?;
        match self.left_out > 0 && self.fields.len() < MOST {
            true => Err(Damaged),
            false => Ok(self),
        }
    }
}

fn size_of(name: &str, counted: &Counted) -> usize {
    size::FIELD
        .saturating_add(name.len())
        .saturating_add(counted.kept.size())
}

//! `mode`: how often each text came.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};

use super::Item;
use super::size;
use crate::entries;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::Value;

/// Texts with their numbers: "1" and "1.0" are two.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<Box<str>, u64>,
}

impl Tally {
    /// Bytes that the state grew by.
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        match item {
            Item::Text(text) => self.count(text, 1),
            Item::Number(number) => self.count(&number.to_string(), 1),
        }
    }

    fn count(&mut self, text: &str, times: u64) -> isize {
        if let Some(count) = self.counts.get_mut(text) {
            *count = count.saturating_add(times);
            return 0;
        }
        self.counts.insert(Box::from(text), times);
        size::growth(0, size_of(text))
    }

    pub(super) fn merge(&mut self, other: &Tally) -> isize {
        let counts = other.counts.iter();
        counts.map(|(text, times)| self.count(text, *times)).sum()
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        let texts = self.counts.keys();
        texts.map(|text| size_of(text)).sum()
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.counts.iter(), |writer, (text, times)| {
            writer.text(text);
            writer.number(*times);
        });
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let list = reader.list(|reader| Ok((Box::from(reader.text()?), reader.number()?)))?;
        let in_order = list.is_sorted_by(|left: &(Box<str>, u64), right| left.0 < right.0);
        if !in_order || list.iter().any(|(_, times)| *times == 0) {
            return Err(Damaged);
        }
        Ok(Tally {
            counts: entries::map(list),
        })
    }

    /// Of texts that came equally often the first by its bytes `[U]`.
    pub(super) fn value(&self) -> Value {
        let mut most: Option<(&str, u64)> = None;
        for (text, times) in &self.counts {
            if most.is_none_or(|(_, before)| *times > before) {
                most = Some((text, *times));
            }
        }
        most.map_or(Value::Null, |(text, _)| Value::Text(String::from(text)))
    }
}

fn size_of(text: &str) -> usize {
    size::COUNTED.saturating_add(text.len())
}

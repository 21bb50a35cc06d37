//! `values` and `dc`: the set of a field's values, as text.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Item;
use super::size;
use crate::entries;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::Value;

/// A set of texts: "1", "1.0" and "01" are three.
#[derive(Clone, Debug, Default)]
pub(super) struct Distinct {
    texts: BTreeSet<Box<str>>,
    /// Bytes of the texts: what they come to is asked for each row of `streamstats`.
    bytes: usize,
}

impl Distinct {
    /// Bytes that the set grew by.
    pub(super) fn add(&mut self, item: Item<'_>) -> isize {
        match item {
            Item::Text(text) => self.add_text(text),
            Item::Number(number) => self.add_text(&number.to_string()),
        }
    }

    fn add_text(&mut self, text: &str) -> isize {
        if self.texts.contains(text) {
            return 0;
        }
        self.texts.insert(Box::from(text));
        self.bytes = self.bytes.saturating_add(text.len());
        size::growth(0, size_of(text))
    }

    /// Adds the members of another set.
    pub(super) fn merge(&mut self, other: &Distinct) -> isize {
        other.texts.iter().map(|text| self.add_text(text)).sum()
    }

    /// Bytes of what is kept.
    pub(super) fn size(&self) -> usize {
        let members = size::MEMBER.saturating_mul(self.texts.len());
        members.saturating_add(self.bytes)
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.texts.iter(), |writer, text| writer.text(text));
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let texts = reader.list(Reader::text)?;
        if !texts.is_sorted_by(|one, next| one < next) {
            return Err(Damaged);
        }
        let bytes = texts.iter().map(|text| text.len()).sum();
        let texts = entries::set(texts.into_iter().map(Box::from));
        Ok(Distinct { texts, bytes })
    }

    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }

    /// How many texts there are, and their bytes.
    pub(super) fn listed(&self) -> (usize, usize) {
        (self.texts.len(), self.bytes)
    }

    /// The values in the order of text: 10, 100, 70, 9; capitals first.
    pub(super) fn values(&self) -> Value {
        let values: Vec<Value> = self
            .texts
            .iter()
            .map(|text| Value::Text(String::from(&**text)))
            .collect();
        Value::from_list(values)
    }
}

fn size_of(text: &str) -> usize {
    size::MEMBER.saturating_add(text.len())
}

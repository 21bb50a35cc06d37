//! `values` and `dc`: the set of a field's values, as text.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Item;
use super::size;
use crate::value::Value;

/// A set of texts: "1", "1.0" and "01" are three.
#[derive(Clone, Debug, Default)]
pub(super) struct Distinct {
    texts: BTreeSet<Box<str>>,
}

impl Distinct {
    /// Bytes that the set grew by.
    pub(super) fn add(&mut self, item: Item<'_>) -> usize {
        let added = match item {
            Item::Text(text) if self.texts.contains(text) => return 0,
            Item::Text(text) => Box::from(text),
            Item::Number(number) => number.to_string().into_boxed_str(),
        };
        let size = added.len() + size::MEMBER;
        if self.texts.insert(added) { size } else { 0 }
    }

    pub(super) fn count(&self) -> usize {
        self.texts.len()
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

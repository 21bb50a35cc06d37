//! Fields that a command finds in a text.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::row::Row;
use crate::value::Value;

/// Fields with their values, in the order in which they came.
#[derive(Default)]
pub(super) struct Gathered {
    places: BTreeMap<String, usize>,
    fields: Vec<(String, Vec<Value>)>,
    left_out: u64,
}

/// Fields that one text gives, at the most, as many as an event has.
const MOST: usize = 1000;

impl Gathered {
    pub(super) fn add(&mut self, name: &str, text: String) {
        let value = Value::Text(text);
        if let Some(place) = self.places.get(name).copied() {
            if let Some((_, values)) = self.fields.get_mut(place) {
                values.push(value);
            }
        } else if self.fields.len() >= MOST {
            self.leave_out();
        } else {
            self.places.insert(String::from(name), self.fields.len());
            self.fields.push((String::from(name), alloc::vec![value]));
        }
    }

    /// Counts a value that is not taken.
    pub(super) fn leave_out(&mut self) {
        self.left_out = self.left_out.saturating_add(1);
    }

    /// Has it a value for a field?
    pub(super) fn has(&self, name: &str) -> bool {
        self.places.contains_key(name)
    }

    /// Puts what a row has in front of what was found.
    pub(super) fn keep(&mut self, row: &Row) {
        for (name, values) in &mut self.fields {
            let found = core::mem::replace(values, row.get(name).each().to_vec());
            values.extend(found);
        }
    }

    /// Sets them in a row.
    pub(super) fn set(self, row: &mut Row, context: &Context<'_>) {
        for (name, values) in self.fields {
            row.set(&name, Value::from_list(values));
        }
        context.leave_out(self.left_out);
    }
}

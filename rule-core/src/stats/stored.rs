//! A value that an accumulator keeps.

use alloc::boxed::Box;
use alloc::string::String;

use super::Item;
use crate::value::{Number, Value};

/// A kept value; numbers before text, as in results.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stored {
    Number(Number),
    Text(Box<str>),
}

impl Stored {
    pub(super) fn new(item: Item<'_>) -> Self {
        match item {
            Item::Text(text) => Stored::Text(Box::from(text)),
            Item::Number(number) => Stored::Number(number),
        }
    }

    pub(super) fn value(&self) -> Value {
        match self {
            Stored::Text(text) => Value::Text(String::from(&**text)),
            Stored::Number(number) => Value::Number(*number),
        }
    }

    /// Bytes on the heap.
    pub(super) fn heap(&self) -> usize {
        match self {
            Stored::Text(text) => text.len(),
            Stored::Number(_) => 0,
        }
    }
}

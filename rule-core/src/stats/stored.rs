//! A value that an accumulator keeps.

use alloc::boxed::Box;
use alloc::string::String;
use core::cmp::Ordering;

use super::Item;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::value::{Number, Value};

/// A kept value.
#[derive(Clone, Debug)]
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

    /// Numbers before text, as in results; equal are only two that show the
    /// same.
    pub(super) fn order(&self, other: &Stored) -> Ordering {
        match (self, other) {
            (Stored::Number(left), Stored::Number(right)) => left.cmp_with_form(right),
            (Stored::Text(left), Stored::Text(right)) => left.cmp(right),
            (Stored::Number(_), Stored::Text(_)) => Ordering::Less,
            (Stored::Text(_), Stored::Number(_)) => Ordering::Greater,
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Stored::Number(number) => {
                writer.byte(0);
                number.write(writer);
            }
            Stored::Text(text) => {
                writer.byte(1);
                writer.text(text);
            }
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        match reader.byte()? {
            0 => Number::read(reader).map(Stored::Number),
            1 => reader.text().map(|text| Stored::Text(Box::from(text))),
            _ => Err(Damaged),
        }
    }
}

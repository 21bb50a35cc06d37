//! A row: named values in their order.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::search::{Field, Fields};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::Sample;
use crate::time::Time;
use crate::value::Value;

/// One result of a search, or one event on its way to be one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    columns: Vec<(String, Value)>,
    /// After `table` and `fields` a column stays, as null, when it loses its
    /// value.
    fixed: bool,
    /// What the row is about, whatever the commands make of its columns.
    pub identity: Identity,
}

/// What tells a row from others of its window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Identity {
    /// The by-values of the last `stats`; None without one.
    pub by: Option<Vec<String>>,
    /// The latest time of the events in the row.
    pub latest: Option<Time>,
    /// Events behind the row, where they are kept.
    pub samples: Vec<Sample>,
}

impl Row {
    /// An empty row.
    #[must_use]
    pub fn new(identity: Identity) -> Self {
        Row {
            columns: Vec::new(),
            fixed: false,
            identity,
        }
    }

    /// The value of a column; null where there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.columns
            .iter()
            .find(|(column, _)| column == name)
            .map_or(NULL, |(_, value)| value)
    }

    /// Sets a column: in its place where it is there, else behind the others.
    /// Null takes it away.
    pub fn set(&mut self, name: &str, value: Value) {
        let place = self.columns.iter().position(|(column, _)| column == name);
        match place {
            Some(place) if value.is_null() && !self.fixed => {
                self.columns.remove(place);
            }
            Some(place) => {
                if let Some((_, kept)) = self.columns.get_mut(place) {
                    *kept = value;
                }
            }
            None if value.is_null() => {}
            None => self.columns.push((String::from(name), value)),
        }
    }

    /// The columns, in order.
    #[must_use]
    pub fn columns(&self) -> &[(String, Value)] {
        &self.columns
    }

    /// What the row takes of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns = self.columns.iter();
        let columns = columns.map(|(name, value)| column_bytes(name, value));
        let samples = self
            .identity
            .samples
            .iter()
            .map(|sample| sample.text.len().saturating_add(96));
        columns.chain(samples).fold(ROW, usize::saturating_add)
    }

    /// The length of the row as JSON, in bytes, or a little more.
    #[must_use]
    pub fn json_length(&self) -> usize {
        let columns = self.columns.iter().map(|(name, value)| {
            let values = value.each().iter().map(|one| match one {
                Value::Text(text) => escaped_length(text).saturating_add(3),
                _ => 40,
            });
            values
                .fold(escaped_length(name), usize::saturating_add)
                .saturating_add(6)
        });
        let samples = self.identity.samples.iter().map(|sample| {
            escaped_length(&sample.text)
                .saturating_add(escaped_length(&sample.input))
                .saturating_add(120)
        });
        columns.chain(samples).fold(2, usize::saturating_add)
    }

    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        writer.list(self.columns.iter(), |writer, (name, value)| {
            writer.text(name);
            value.write(writer);
        });
        writer.flag(self.fixed);
        self.identity.write(writer);
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is no row.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Row {
            columns: reader.list(|reader| Ok((reader.string()?, Value::read(reader)?)))?,
            fixed: reader.flag()?,
            identity: Identity::read(reader)?,
        })
    }

    /// Gives the row other columns; with `fixed` null ones stay from now on.
    pub(super) fn replace_columns(&mut self, columns: Vec<(String, Value)>, fixed: bool) {
        self.columns = columns;
        self.fixed |= fixed;
    }

    /// Takes the columns out.
    pub(super) fn take_columns(&mut self) -> Vec<(String, Value)> {
        core::mem::take(&mut self.columns)
    }
}

impl Identity {
    fn write(&self, writer: &mut Writer) {
        writer.option(self.by.as_ref(), |writer, by| {
            writer.list(by.iter(), |writer, value| writer.text(value));
        });
        writer.option(self.latest, |writer, time| time.write(writer));
        writer.list(self.samples.iter(), |writer, one| one.write(writer));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        Ok(Identity {
            by: reader.option(|reader| reader.list(Reader::string))?,
            latest: reader.option(Time::read)?,
            samples: reader.list(Sample::read)?,
        })
    }
}

/// What a row, a column and a value take besides their texts: fixed figures,
/// the same in a module of 32 bits as in a program of 64.
const ROW: usize = 128;
const COLUMN: usize = 56;
const VALUE: usize = 32;

/// The length of a text in a JSON string: a control character takes six bytes,
/// a quote or a backslash two.
fn escaped_length(text: &str) -> usize {
    let length = |byte: u8| match byte {
        0..=0x1f => 6,
        b'"' | b'\\' => 2,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// What a column takes of memory, in bytes, reckoned.
pub(super) fn column_bytes(name: &str, value: &Value) -> usize {
    let values = value.each().iter().map(heap).sum();
    COLUMN.saturating_add(name.len()).saturating_add(values)
}

fn heap(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len().saturating_add(VALUE),
        _ => VALUE,
    }
}

impl Fields for Row {
    fn any(&self, field: &Field, test: &mut dyn FnMut(&str) -> bool) -> Option<bool> {
        let value = self.get(&field.name);
        if value.is_null() {
            return None;
        }
        Some(
            value
                .each()
                .iter()
                .any(|one| one.text().is_some_and(|text| test(&text))),
        )
    }

    fn raw(&self) -> Cow<'_, str> {
        self.get("_raw").text().unwrap_or_default()
    }
}

/// The columns as a JSON object, in their order.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (name, value) in &self.columns {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

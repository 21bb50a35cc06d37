//! Values of fields: text as events have it, numbers as commands compute them,
//! several values in one field, and null.

mod number;

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Serialize, Serializer};

pub use number::{Number, parse_number};

use crate::snapshot::{Damaged, Reader, Writer};

/// The value of a field in a result.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// No value: the field is not there.
    #[default]
    Null,
    /// Text, as events have it.
    Text(String),
    /// A number that a command computed, and `_time`.
    Number(Number),
    /// Two or more values; none of them null or a list itself.
    Many(Vec<Value>),
}

impl Value {
    /// Is there no value?
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// A list of values in its canonical form: none is null, one is itself.
    #[must_use]
    pub fn from_list(mut values: Vec<Value>) -> Value {
        match values.len() {
            0 => Value::Null,
            1 => values.pop().unwrap_or_default(),
            _ => Value::Many(values),
        }
    }

    /// The single values, in order; none for null.
    #[must_use]
    pub fn each(&self) -> &[Value] {
        match self {
            Value::Null => &[],
            Value::Many(values) => values,
            one => core::slice::from_ref(one),
        }
    }

    /// The length of a text in bytes; 0 of what is none.
    #[must_use]
    pub(crate) fn text_bytes(&self) -> usize {
        match self {
            Value::Text(text) => text.len(),
            _ => 0,
        }
    }

    /// The text of a single value: `None` for null, several values joined by
    /// line feeds as Splunk shows them.
    #[must_use]
    pub fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::Null => None,
            Value::Text(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Owned(number.to_string())),
            Value::Many(values) => {
                let texts: Vec<Cow<'_, str>> = values.iter().filter_map(Value::text).collect();
                Some(Cow::Owned(texts.join("\n")))
            }
        }
    }

    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        match self {
            Value::Null => writer.byte(0),
            Value::Text(text) => {
                writer.byte(1);
                writer.text(text);
            }
            Value::Number(number) => {
                writer.byte(2);
                number.write(writer);
            }
            Value::Many(values) => {
                writer.byte(3);
                writer.list(values.iter(), |writer, one| one.write(writer));
            }
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// What is no value; a list of fewer than two, with a null or a list in it.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        match reader.byte()? {
            0 => Ok(Value::Null),
            3 => {
                let values = reader.list(|reader| {
                    let kind = reader.byte()?;
                    Value::read_single(kind, reader)
                })?;
                if values.len() < 2 {
                    return Err(Damaged);
                }
                Ok(Value::Many(values))
            }
            kind => Value::read_single(kind, reader),
        }
    }

    fn read_single(kind: u8, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        match kind {
            1 => reader.string().map(Value::Text),
            2 => Number::read(reader).map(Value::Number),
            _ => Err(Damaged),
        }
    }

    /// The value as a number: itself, or a text that is one.
    #[must_use]
    pub fn number(&self) -> Option<Number> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Text(text) => parse_number(text),
            Value::Null | Value::Many(_) => None,
        }
    }
}

/// Text is a string, a number a number, several values an array.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Null => serializer.serialize_unit(),
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => number.serialize(serializer),
            Value::Many(values) => serializer.collect_seq(values),
        }
    }
}

/// The order of values in results: numbers before text, numbers by size, text
/// by its bytes.
#[must_use]
pub fn compare_texts(left: &str, right: &str) -> core::cmp::Ordering {
    match (parse_number(left), parse_number(right)) {
        (Some(a), Some(b)) => a.cmp(&b).then_with(|| left.cmp(right)),
        (Some(_), None) => core::cmp::Ordering::Less,
        (None, Some(_)) => core::cmp::Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

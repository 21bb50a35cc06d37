//! A record's fields, borrowed from it, and only those that are asked for.
//!
//! There is a function for each kind of record that the framer gives: [`json`],
//! [`xml`], [`classic_text`], [`csv_row`]; a line of other text has no fields.
//! Each names the fields by their path in the record, and knows nothing of the
//! names that Splunk gives them: that is the next station.
//!
//! A [`FieldSink`] is asked for each path whether the value is wanted, before it
//! is made. A record is checked as a whole nevertheless: it is malformed or not
//! whoever asks, except that fields are given as they are read, so those before
//! the place of the error have been given already.
//!
//! # Paths
//!
//! | record | path |
//! |---|---|
//! | JSON | keys joined by dots, `{}` for the elements of an array: `a.b`, `a{}`, `a{}.b` |
//! | XML | element names below `Event`, attributes of System below their element: `System.EventID`, `System.Provider.Name`, `EventData.TargetUserName`, `EventData.param1` |
//! | classic text | the key of its line: `EventCode`, `Message`; [`CLASSIC_TIME`] for the first line |
//! | CSV | the header's name |
//!
//! # Bounds
//!
//! No decoder recurses; containers and elements go 256 levels deep. A path of
//! more than [`MAX_PATH_BYTES`] is given to nobody, for asking for it would cost its
//! length for each value below it: the sink is told that there was a value
//! ([`FieldSink::too_long`]). With that the cost is linear in the record's length.
//!
//! # Encoding
//!
//! Bytes that are no UTF-8 become U+FFFD, and the record is flagged
//! ([`Decoded::invalid_utf8`]).

mod classic;
mod csv;
mod envelope;
mod json;
#[cfg(test)]
mod tests;
pub(crate) mod xml;

use alloc::borrow::Cow;
use core::fmt;

pub use classic::{CLASSIC_TIME, classic_text};
pub use csv::{csv_header, csv_row};
pub use envelope::{Envelope, envelope};
pub use json::json;
pub(crate) use json::{Lexer, Token, unescape};
pub use xml::xml;

/// The longest path that a sink is asked for, in bytes of the record.
pub const MAX_PATH_BYTES: usize = 1024;

/// How deep containers and elements may be nested.
pub(crate) const MAX_DEPTH: usize = 256;

/// Takes the fields of a record, which lives as long as `'r`.
pub trait FieldSink<'r> {
    /// Is the value of the field at `path` wanted? Asked for each value, so more
    /// than once where a path has several.
    fn wants(&mut self, path: &str) -> bool;

    /// Takes a value that was wanted: the one asked for last. Values come in the
    /// record's order.
    fn field(&mut self, path: &str, value: Cow<'r, str>);

    /// Is told of each value that it would be asked for, were its path not longer than
    /// [`MAX_PATH_BYTES`].
    fn too_long(&mut self) {}
}

/// What is said of a record beside its fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The record has bytes that are no UTF-8.
    pub invalid_utf8: bool,
}

impl Decoded {
    fn of(record: &[u8]) -> Self {
        Self {
            invalid_utf8: core::str::from_utf8(record).is_err(),
        }
    }
}

/// Why and where a record is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// What is wrong, in the words of a message to the user.
    pub reason: &'static str,
    /// Where, in bytes from the record's begin.
    pub offset: usize,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {} of the record", self.reason, self.offset)
    }
}

impl core::error::Error for DecodeError {}

pub(crate) fn error<T>(reason: &'static str, offset: usize) -> Result<T, DecodeError> {
    Err(DecodeError { reason, offset })
}

//! CSV rows, with the names of their header.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use memchr::memchr;

use super::{DecodeError, Decoded, FieldSink, MAX_PATH_BYTES, error};

/// Columns that a header may have: their names are kept as long as the input goes on.
const MOST_COLUMNS: usize = 10_000;

/// The names of a header's columns, in their order.
///
/// # Errors
///
/// Where a quoted name is not closed, or something follows its closing quote, or there
/// are too many columns.
pub fn csv_header(header: &[u8]) -> Result<Vec<String>, DecodeError> {
    let mut names = Vec::new();
    let mut cells = Cells::new(header);
    while let Some(name) = cells.next()? {
        if names.len() == MOST_COLUMNS {
            return error("the header has more than 10,000 columns", cells.at);
        }
        names.push(name.text().into_owned());
    }
    Ok(names)
}

/// Gives the values of a row by the header's names.
///
/// A cell with nothing in it gives nothing: CSV has no other way to say that an
/// event lacks a field. So does a cell whose column has no name. A row may be
/// shorter than the header.
///
/// # Errors
///
/// Where a quoted value is not closed, something follows its closing quote, or
/// the row has more values than the header has names.
pub fn csv_row<'r>(
    header: &[String],
    row: &'r [u8],
    sink: &mut impl FieldSink<'r>,
) -> Result<Decoded, DecodeError> {
    let mut names = header.iter();
    let mut cells = Cells::new(row);
    loop {
        let offset = cells.at;
        let Some(cell) = cells.next()? else {
            return Ok(Decoded::of(row));
        };
        let Some(name) = names.next() else {
            return error("the row has more values than the header has names", offset);
        };
        if name.is_empty() || cell.raw.is_empty() {
            continue;
        }
        if name.len() > MAX_PATH_BYTES {
            sink.too_long();
        } else if sink.wants(name) {
            sink.field(name, cell.text());
        }
    }
}

/// What stands in a cell, without the quotes around it.
struct Cell<'r> {
    raw: &'r [u8],
    /// There are quotes in it, each written twice.
    doubled: bool,
}

impl<'r> Cell<'r> {
    fn text(&self) -> Cow<'r, str> {
        let text = String::from_utf8_lossy(self.raw);
        if self.doubled {
            Cow::Owned(text.replace("\"\"", "\""))
        } else {
            text
        }
    }
}

/// The cells of a row, one by one.
struct Cells<'r> {
    row: &'r [u8],
    at: usize,
    /// The last cell was taken.
    done: bool,
}

impl<'r> Cells<'r> {
    fn new(row: &'r [u8]) -> Self {
        Self {
            row,
            at: 0,
            done: false,
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than the end of the row"
    )]
    fn next(&mut self) -> Result<Option<Cell<'r>>, DecodeError> {
        if self.done {
            return Ok(None);
        }
        let rest = self.row.get(self.at..).unwrap_or_default();
        let cell = match rest.strip_prefix(b"\"") {
            Some(quoted) => self.quoted(quoted)?,
            None => {
                let len = memchr(b',', rest).unwrap_or(rest.len());
                self.at += len;
                Cell {
                    raw: rest.get(..len).unwrap_or_default(),
                    doubled: false,
                }
            }
        };
        match self.row.get(self.at) {
            None => self.done = true,
            Some(b',') => self.at += 1,
            Some(_) => return error("something follows the closing quote of a value", self.at),
        }
        Ok(Some(cell))
    }

    /// Takes a value behind its opening quote.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, the quotes on both sides among them"
    )]
    fn quoted(&mut self, quoted: &'r [u8]) -> Result<Cell<'r>, DecodeError> {
        let mut len = 0;
        let mut doubled = false;
        loop {
            let rest = quoted.get(len..).unwrap_or_default();
            let Some(quote) = memchr(b'"', rest) else {
                return error("a quoted value is not closed", self.at);
            };
            len += quote;
            if quoted.get(len + 1) != Some(&b'"') {
                break;
            }
            doubled = true;
            len += 2;
        }
        self.at += len + 2;
        Ok(Cell {
            raw: quoted.get(..len).unwrap_or_default(),
            doubled,
        })
    }
}

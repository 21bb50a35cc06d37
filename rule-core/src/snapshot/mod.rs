//! State as bytes: what a snapshot is written with and read from.
//!
//! The form is canonical: one state has one form, whatever the order in which it
//! came to be, so that two snapshots of one state are the same bytes. Numbers
//! are in LEB128 (signed ones in zigzag), texts and bytes have their length
//! before them, lists their count, and what may be missing a 0 or 1.
//!
//! Each station writes and reads its own state with [`Writer`] and [`Reader`];
//! [`seal`] puts it into an envelope that says what it is, and [`open`] takes it
//! out again. What is read is not trusted: a length is checked before memory is
//! taken for it, and whatever cannot be is [`Damaged`].

mod envelope;

use alloc::string::String;
use alloc::vec::Vec;

pub use envelope::{Digest, OpenError, VERSION, open, seal};

/// Bytes that are no state: cut, changed, or not written by [`Writer`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// Writes state.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Nothing written yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was written.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// One byte.
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// Yes or no.
    pub fn flag(&mut self, value: bool) {
        self.byte(u8::from(value));
    }

    /// A number from 0 up: a count, a length, an offset.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lowest bits are meant: seven of them, then the rest"
    )]
    pub fn number(&mut self, value: u64) {
        let mut rest = value;
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    /// A count or length.
    pub fn count(&mut self, value: usize) {
        self.number(value as u64);
    }

    /// A number with a sign.
    pub fn signed(&mut self, value: i64) {
        self.number((value << 1 ^ value >> 63).cast_unsigned());
    }

    /// Bytes of a length that both sides know.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.raw(bytes);
    }

    /// Text.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// What may be missing.
    pub fn option<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.flag(value.is_some());
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// A list.
    pub fn list<T>(
        &mut self,
        items: impl ExactSizeIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        self.count(items.len());
        for item in items {
            write(self, item);
        }
    }
}

/// Reads what a [`Writer`] wrote.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    /// Reads from the start of `bytes`.
    #[must_use]
    pub fn new(bytes: &'b [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// Where something is.
    pub fn end(self) -> Result<(), Damaged> {
        match self.rest {
            [] => Ok(()),
            _ => Err(Damaged),
        }
    }

    /// One byte.
    ///
    /// # Errors
    /// At the end of the bytes.
    pub fn byte(&mut self) -> Result<u8, Damaged> {
        let (first, rest) = self.rest.split_first().ok_or(Damaged)?;
        self.rest = rest;
        Ok(*first)
    }

    /// Yes or no.
    ///
    /// # Errors
    /// Anything but 0 and 1.
    pub fn flag(&mut self) -> Result<bool, Damaged> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Damaged),
        }
    }

    /// A number from 0 up.
    ///
    /// # Errors
    /// A number over 64 bits, or in more bytes than it needs.
    pub fn number(&mut self) -> Result<u64, Damaged> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            let too_large = shift == 63 && part > 1;
            let too_long = byte == 0 && shift > 0;
            if too_large || too_long {
                return Err(Damaged);
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Damaged)
    }

    /// A number that fits the machine's own size.
    ///
    /// # Errors
    /// A number that does not.
    pub fn count(&mut self) -> Result<usize, Damaged> {
        usize::try_from(self.number()?).map_err(|_| Damaged)
    }

    /// A number with a sign.
    ///
    /// # Errors
    /// As [`Reader::number`].
    pub fn signed(&mut self) -> Result<i64, Damaged> {
        let value = self.number()?;
        let sign = (value & 1).cast_signed().wrapping_neg();
        Ok((value >> 1).cast_signed() ^ sign)
    }

    /// Bytes of a known length.
    ///
    /// # Errors
    /// Where fewer are left.
    pub fn raw(&mut self, length: usize) -> Result<&'b [u8], Damaged> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or(Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Bytes.
    ///
    /// # Errors
    /// Where fewer are left than their length says.
    pub fn bytes(&mut self) -> Result<&'b [u8], Damaged> {
        let length = self.count()?;
        self.raw(length)
    }

    /// Text.
    ///
    /// # Errors
    /// Bytes that are no UTF-8.
    pub fn text(&mut self) -> Result<&'b str, Damaged> {
        core::str::from_utf8(self.bytes()?).map_err(|_| Damaged)
    }

    /// Text, owned.
    ///
    /// # Errors
    /// As [`Reader::text`].
    pub fn string(&mut self) -> Result<String, Damaged> {
        self.text().map(String::from)
    }

    /// What may be missing.
    ///
    /// # Errors
    /// Those of `read`.
    pub fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Option<T>, Damaged> {
        match self.flag()? {
            true => read(self).map(Some),
            false => Ok(None),
        }
    }

    /// A list. An item takes a byte at the least, so a count beyond the bytes
    /// that are left is refused before memory is taken for it.
    ///
    /// # Errors
    /// Such a count, and those of `read`.
    pub fn list<T>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, Damaged>,
    ) -> Result<Vec<T>, Damaged> {
        let count = self.count()?;
        if count > self.rest.len() {
            return Err(Damaged);
        }
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }
}

#[cfg(test)]
mod tests;

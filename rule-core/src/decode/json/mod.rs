//! JSON records: a strict reader as in RFC 8259, that gives values with paths.
//!
//! It is looser than the RFC asks in two points, so as not to lose an event: a
//! surrogate without its other half, and bytes that are no UTF-8, are read as
//! U+FFFD.

mod lexer;
mod special;

use core::ops::Range;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{DecodeError, Decoded, FieldSink, MAX_DEPTH, MAX_PATH_BYTES, error};
pub(crate) use lexer::{Lexer, Token, unescape};

/// Gives the fields of a JSON object.
///
/// Nested keys are joined by dots, the elements of an array have `{}` behind the
/// array's path; a dot in a key is as it is. Numbers have the text that they are
/// written with, booleans are `true` and `false`, null gives nothing, and an
/// empty string is a value. A key that is there twice gives both values.
///
/// # Errors
///
/// Where the record is not one JSON object, or is nested in more than 256
/// levels.
pub fn json<'r>(record: &'r [u8], sink: &mut impl FieldSink<'r>) -> Result<Decoded, DecodeError> {
    let mut walk = Walk {
        lexer: Lexer::new(record),
        text: core::str::from_utf8(record).ok(),
        path: Path::default(),
        levels: Vec::new(),
    };
    walk.object(sink)?;
    Ok(Decoded {
        invalid_utf8: walk.text.is_none(),
    })
}

/// The path of the value at hand. One that is too long is not kept.
#[derive(Default)]
struct Path<'r> {
    /// It is a key of the record as it is written: most are, and need not be put together.
    key: Option<&'r str>,
    /// Else it is here.
    text: String,
    too_long: bool,
}

/// A container that is open.
struct Level {
    is_object: bool,
    /// The length of its path, and whether it is too long to be kept.
    path_len: usize,
    too_long: bool,
}

struct Walk<'r> {
    lexer: Lexer<'r>,
    /// The record, where all of it is UTF-8.
    text: Option<&'r str>,
    path: Path<'r>,
    /// Those that are open in the record's own object.
    levels: Vec<Level>,
}

impl<'r> Walk<'r> {
    fn object(&mut self, sink: &mut impl FieldSink<'r>) -> Result<(), DecodeError> {
        if !self.lexer.skip(b'{') {
            return error("the record is no JSON object", self.lexer.offset());
        }
        if self.lexer.skip(b'}') {
            return self.lexer.end();
        }
        self.key()?;
        loop {
            if self.value(sink)? {
                continue;
            }
            while !self.next()? {
                if self.levels.pop().is_none() {
                    return self.lexer.end();
                }
            }
        }
    }

    /// Takes a value, or the begin of a container. True where a value of the
    /// container comes next.
    fn value(&mut self, sink: &mut impl FieldSink<'r>) -> Result<bool, DecodeError> {
        let offset = self.lexer.offset();
        match self.lexer.value()? {
            Token::Object => self.open(true, offset),
            Token::Array => self.open(false, offset),
            Token::Null => Ok(false),
            Token::Plain(place) => {
                if self.wanted(sink) {
                    sink.field(self.path.text(), self.plain(place));
                }
                Ok(false)
            }
            Token::Escaped(place) => {
                if self.wanted(sink) {
                    let mut value = String::with_capacity(place.len());
                    unescape(&self.plain(place), &mut value);
                    sink.field(self.path.text(), Cow::Owned(value));
                }
                Ok(false)
            }
        }
    }

    /// What stands at a place of the record.
    #[inline]
    fn plain(&self, place: Range<usize>) -> Cow<'r, str> {
        match self.text {
            Some(text) => Cow::Borrowed(text.get(place).unwrap_or_default()),
            None => String::from_utf8_lossy(self.lexer.bytes(place)),
        }
    }

    fn wanted(&self, sink: &mut impl FieldSink<'r>) -> bool {
        if self.path.too_long {
            sink.too_long();
            return false;
        }
        sink.wants(self.path.text())
    }

    fn open(&mut self, is_object: bool, offset: usize) -> Result<bool, DecodeError> {
        if self.levels.len() == MAX_DEPTH - 1 {
            return error("nested too deep, in more than 256 levels", offset);
        }
        self.path.put_together();
        if !is_object {
            self.path.append("{}");
        }
        self.levels.push(Level {
            is_object,
            path_len: self.path.text.len(),
            too_long: self.path.too_long,
        });
        if self.lexer.skip(if is_object { b'}' } else { b']' }) {
            self.levels.pop();
            return Ok(false);
        }
        if is_object {
            self.key()?;
        }
        Ok(true)
    }

    /// Takes what follows a value: true where another value comes, false where
    /// its container is closed.
    fn next(&mut self) -> Result<bool, DecodeError> {
        let (is_object, path_len, too_long) = match self.levels.last() {
            Some(level) => (level.is_object, level.path_len, level.too_long),
            None => (true, 0, false),
        };
        self.path.key = None;
        self.path.text.truncate(path_len);
        self.path.too_long = too_long;
        if self.lexer.skip(b',') {
            if is_object {
                self.key()?;
            }
            Ok(true)
        } else if self.lexer.skip(if is_object { b'}' } else { b']' }) {
            Ok(false)
        } else if is_object {
            error("`,` or `}` is missing", self.lexer.offset())
        } else {
            error("`,` or `]` is missing", self.lexer.offset())
        }
    }

    /// Takes a key with its colon, and adds it to the path, which is its
    /// container's.
    #[inline]
    fn key(&mut self) -> Result<(), DecodeError> {
        let key = self.lexer.key()?;
        // The outermost object has no path of its own to be joined with a dot.
        let is_outermost = self.levels.is_empty();
        if !is_outermost {
            self.path.append(".");
        }
        match key {
            Token::Plain(place) if self.path.has_room(place.len()) => match self.text {
                Some(text) if is_outermost => {
                    self.path.key = Some(text.get(place).unwrap_or_default());
                }
                _ => {
                    let key = self.plain(place);
                    self.path.append(&key);
                }
            },
            Token::Escaped(place) if self.path.has_room(place.len()) => {
                unescape(&self.plain(place), &mut self.path.text);
            }
            _ => self.path.too_long = true,
        }
        Ok(())
    }
}

impl Path<'_> {
    fn text(&self) -> &str {
        self.key.unwrap_or(&self.text)
    }

    /// Goes on from a key of the record.
    fn put_together(&mut self) {
        if let Some(key) = self.key.take() {
            self.text.clear();
            self.text.push_str(key);
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "lengths of two texts in memory, each below half of what a number holds"
    )]
    fn has_room(&self, length: usize) -> bool {
        !self.too_long && self.text.len() + length <= MAX_PATH_BYTES
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "lengths of two texts in memory, each below half of what a number holds"
    )]
    fn append(&mut self, text: &str) {
        if self.text.len() + text.len() > MAX_PATH_BYTES {
            self.too_long = true;
        }
        if !self.too_long {
            self.text.push_str(text);
        }
    }
}

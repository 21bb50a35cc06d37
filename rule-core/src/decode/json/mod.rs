//! JSON records: a strict reader as in RFC 8259, that gives values with paths.
//!
//! It is looser than the RFC asks in two points, so as not to lose an event: a
//! surrogate without its other half, and bytes that are no UTF-8, are read as
//! U+FFFD.

mod lexer;
mod plain;

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
        path: Path::default(),
        levels: Vec::new(),
    };
    walk.object(sink)?;
    Ok(Decoded::of(record))
}

/// The path of the value at hand. One that is too long is not kept.
#[derive(Default)]
struct Path {
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
    path: Path,
    levels: Vec<Level>,
}

impl<'r> Walk<'r> {
    fn object(&mut self, sink: &mut impl FieldSink<'r>) -> Result<(), DecodeError> {
        if self.lexer.peek() != Some(b'{') {
            return error("the record is no JSON object", self.lexer.offset());
        }
        loop {
            if self.value(sink)? {
                continue;
            }
            while !self.next()? {
                if self.levels.is_empty() {
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
            Token::Plain(text) => {
                if self.wanted(sink) {
                    sink.field(&self.path.text, String::from_utf8_lossy(text));
                }
                Ok(false)
            }
            Token::Escaped(text) => {
                if self.wanted(sink) {
                    let mut value = String::with_capacity(text.len());
                    unescape(text, &mut value);
                    sink.field(&self.path.text, Cow::Owned(value));
                }
                Ok(false)
            }
        }
    }

    fn wanted(&self, sink: &mut impl FieldSink<'r>) -> bool {
        !self.path.too_long && sink.wants(&self.path.text)
    }

    fn open(&mut self, is_object: bool, offset: usize) -> Result<bool, DecodeError> {
        if self.levels.len() == MAX_DEPTH {
            return error("nested too deep, in more than 256 levels", offset);
        }
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
    /// a container was closed.
    fn next(&mut self) -> Result<bool, DecodeError> {
        let Some(level) = self.levels.last() else {
            return Ok(false);
        };
        self.path.text.truncate(level.path_len);
        self.path.too_long = level.too_long;
        let is_object = level.is_object;
        if self.lexer.skip(b',') {
            if is_object {
                self.key()?;
            }
            Ok(true)
        } else if self.lexer.skip(if is_object { b'}' } else { b']' }) {
            self.levels.pop();
            Ok(false)
        } else if is_object {
            error("`,` or `}` is missing", self.lexer.offset())
        } else {
            error("`,` or `]` is missing", self.lexer.offset())
        }
    }

    /// Takes a key with its colon, and adds it to the path, which is its
    /// container's.
    fn key(&mut self) -> Result<(), DecodeError> {
        let key = self.lexer.key()?;
        // The outermost object has no path of its own to be joined with a dot.
        if self.levels.len() > 1 {
            self.path.append(".");
        }
        match key {
            Token::Plain(text) if self.path.has_room(text) => {
                self.path.append(&String::from_utf8_lossy(text));
            }
            Token::Escaped(text) if self.path.has_room(text) => {
                unescape(text, &mut self.path.text);
            }
            _ => self.path.too_long = true,
        }
        Ok(())
    }
}

impl Path {
    fn has_room(&self, text: &[u8]) -> bool {
        !self.too_long && self.text.len() + text.len() <= MAX_PATH_BYTES
    }

    fn append(&mut self, text: &str) {
        if self.text.len() + text.len() > MAX_PATH_BYTES {
            self.too_long = true;
        }
        if !self.too_long {
            self.text.push_str(text);
        }
    }
}

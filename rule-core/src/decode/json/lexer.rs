//! The tokens of JSON, checked and not yet made into values.

use core::ops::Range;

use alloc::string::String;
use memchr::memchr;

use super::special::{BLOCK, specials};
use crate::decode::{DecodeError, error};

/// A value, or the begin of one; of a value that is written out, its place in the record.
#[derive(Clone)]
pub(crate) enum Token {
    Object,
    Array,
    Null,
    /// A number, a boolean, or a string that has no escapes.
    Plain(Range<usize>),
    /// A string with escapes.
    Escaped(Range<usize>),
}

pub(crate) struct Lexer<'r> {
    bytes: &'r [u8],
    at: usize,
}

#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in the record: it goes on by bytes that are there, blocks that are whole, \
              and a string begins behind its quote"
)]
impl<'r> Lexer<'r> {
    pub(crate) fn new(bytes: &'r [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where the next token begins, or blanks before it.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// What stands at a place that a token named.
    pub(crate) fn bytes(&self, place: Range<usize>) -> &'r [u8] {
        self.bytes.get(place).unwrap_or_default()
    }

    /// The next byte that is no blank, not taken.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        // Most writers put no blanks between tokens, or one.
        while let Some(b' ' | b'\t' | b'\r' | b'\n') = self.bytes.get(self.at) {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    /// Takes `byte`, behind blanks, if it is the next one.
    #[inline]
    pub(crate) fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes a key and its colon: a string token.
    #[inline]
    pub(crate) fn key(&mut self) -> Result<Token, DecodeError> {
        if self.peek() != Some(b'"') {
            return error("a key in double quotes is missing", self.at);
        }
        let key = self.string()?;
        if !self.skip(b':') {
            return error("`:` is missing after a key", self.at);
        }
        Ok(key)
    }

    /// Takes a value, or the bracket that begins it.
    #[inline]
    pub(crate) fn value(&mut self) -> Result<Token, DecodeError> {
        match self.peek() {
            Some(b'"') => self.string(),
            Some(byte) => self.other_value(byte),
            None => error("ends where a value should be", self.at),
        }
    }

    /// Takes a value that begins with this byte, and is no string.
    fn other_value(&mut self, byte: u8) -> Result<Token, DecodeError> {
        match byte {
            b'{' => {
                self.at += 1;
                Ok(Token::Object)
            }
            b'[' => {
                self.at += 1;
                Ok(Token::Array)
            }
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.literal(b"true").map(Token::Plain),
            b'f' => self.literal(b"false").map(Token::Plain),
            b'n' => self.literal(b"null").map(|_| Token::Null),
            _ => error("no JSON value begins so", self.at),
        }
    }

    /// Only blanks may follow.
    pub(crate) fn end(&mut self) -> Result<(), DecodeError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => error("something follows the JSON object", self.at),
        }
    }

    fn rest(&self) -> &'r [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn literal(&mut self, word: &[u8]) -> Result<Range<usize>, DecodeError> {
        if !self.rest().starts_with(word) {
            return error("no JSON value begins so", self.at);
        }
        let start = self.at;
        self.at += word.len();
        Ok(start..self.at)
    }

    fn number(&mut self) -> Result<Token, DecodeError> {
        let start = self.at;
        self.at += usize::from(self.rest().first() == Some(&b'-'));
        // A zero stands alone: a digit behind it is no part of the number, and
        // nothing else that may follow a value.
        if self.rest().first() == Some(&b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.rest().first() == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let [b'e' | b'E', rest @ ..] = self.rest() {
            self.at += 1 + usize::from(matches!(rest.first(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(Token::Plain(start..self.at))
    }

    /// Takes one digit or more.
    fn digits(&mut self) -> Result<(), DecodeError> {
        let rest = self.rest();
        let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += count;
        if count == 0 {
            return error("a digit is missing in a number", self.at);
        }
        Ok(())
    }

    /// Takes a string, at its opening quote.
    #[inline]
    fn string(&mut self) -> Result<Token, DecodeError> {
        let start = self.at + 1;
        // By far the most are short, and end in their first block or their second.
        let mut at = start;
        while let Some(block) = self.block(at) {
            let specials = specials(block);
            if specials != 0 {
                at += specials.trailing_zeros() as usize;
                break;
            }
            at += BLOCK;
        }
        if self.bytes.get(at) == Some(&b'"') {
            self.at = at + 1;
            return Ok(Token::Plain(start..at));
        }
        self.escaped(start, at)
    }

    /// Are there the four digits of an escape?
    fn has_digits(&self, at: usize) -> bool {
        self.bytes.get(at..).and_then(hex).is_some()
    }

    #[inline]
    fn block(&self, at: usize) -> Option<&'r [u8; BLOCK]> {
        self.bytes.get(at..)?.first_chunk()
    }

    /// Takes the rest of a string that begins at `start`: from `at` on, where it is not as
    /// it is written any more, or the record is near its end.
    fn escaped(&mut self, start: usize, mut at: usize) -> Result<Token, DecodeError> {
        let mut is_escaped = false;
        loop {
            // What is behind the record's end is as good as a control character.
            let mut last = [0; BLOCK];
            let block = self.block(at).unwrap_or_else(|| {
                let rest = self.bytes.get(at..).unwrap_or_default();
                last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                &last
            });
            let mut specials = specials(block);
            let mut next = at + BLOCK;
            while specials != 0 {
                let place = specials.trailing_zeros() as usize;
                self.at = at + place;
                match self.bytes.get(self.at) {
                    None => return error("a string is not closed", start - 1),
                    Some(b'"') => {
                        let text = start..self.at;
                        self.at += 1;
                        return Ok(match is_escaped {
                            true => Token::Escaped(text),
                            false => Token::Plain(text),
                        });
                    }
                    Some(b'\\') => {
                        is_escaped = true;
                        let length = match self.bytes.get(self.at + 1) {
                            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                            Some(b'u') if self.has_digits(self.at + 2) => 6,
                            _ => return error("an escape that JSON does not have", self.at),
                        };
                        let behind = place + length;
                        next = next.max(at + behind);
                        // Of a block of 16 bytes, none is beyond bit 21.
                        specials &= u32::MAX << behind;
                    }
                    Some(_) => {
                        return error(
                            "a control character in a string, which must be written as an escape",
                            self.at,
                        );
                    }
                }
            }
            at = next;
        }
    }
}

/// Appends a checked string without its escapes.
pub(crate) fn unescape(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some((plain, escape)) =
        memchr(b'\\', rest.as_bytes()).and_then(|at| rest.split_at_checked(at))
    {
        out.push_str(plain);
        let (character, len) = match escape.as_bytes().get(1) {
            Some(b'u') => unicode(escape.as_bytes()),
            Some(b'b') => ('\u{8}', 2),
            Some(b'f') => ('\u{c}', 2),
            Some(b'n') => ('\n', 2),
            Some(b'r') => ('\r', 2),
            Some(b't') => ('\t', 2),
            Some(&itself) => (char::from(itself), 2),
            None => (char::REPLACEMENT_CHARACTER, 1),
        };
        out.push(character);
        rest = escape.get(len..).unwrap_or_default();
    }
    out.push_str(rest);
}

/// The character of the `\u` escape, or of the two that are a pair, that `text`
/// begins with, and the length of what is written for it.
fn unicode(text: &[u8]) -> (char, usize) {
    let unit = |at: usize| match text.get(at..)? {
        [b'\\', b'u', digits @ ..] => hex(digits),
        _ => None,
    };
    let first = unit(0).unwrap_or(0xfffd);
    if let Some(second) = unit(6)
        && let Some(Ok(pair)) = char::decode_utf16([first, second]).next()
        && pair.len_utf16() == 2
    {
        return (pair, 12);
    }
    let alone = char::from_u32(u32::from(first));
    (alone.unwrap_or(char::REPLACEMENT_CHARACTER), 6)
}

/// The four hexadecimal digits that `text` begins with.
#[inline]
fn hex(text: &[u8]) -> Option<u16> {
    text.first_chunk::<4>()?.iter().try_fold(0, |value, &byte| {
        let digit = char::from(byte).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).ok()?)
    })
}

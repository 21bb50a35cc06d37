//! The tokens of JSON, checked and not yet made into values.

use alloc::string::String;
use memchr::memchr;

use super::plain::plain;
use crate::decode::{DecodeError, error};

/// A value, or the begin of one.
#[derive(Clone, Copy)]
pub(crate) enum Token<'r> {
    Object,
    Array,
    Null,
    /// A number, a boolean, or a string that has no escapes.
    Plain(&'r [u8]),
    /// A string with escapes.
    Escaped(&'r [u8]),
}

pub(crate) struct Lexer<'r> {
    bytes: &'r [u8],
    at: usize,
}

impl<'r> Lexer<'r> {
    pub(crate) fn new(bytes: &'r [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where the next token begins, or blanks before it.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// The next byte that is no blank, not taken.
    pub(crate) fn peek(&mut self) -> Option<u8> {
        let rest = self.rest();
        let blank = |&byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        self.at += rest.iter().take_while(|byte| blank(byte)).count();
        self.bytes.get(self.at).copied()
    }

    /// Takes `byte`, behind blanks, if it is the next one.
    pub(crate) fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes a key and its colon: a string token.
    pub(crate) fn key(&mut self) -> Result<Token<'r>, DecodeError> {
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
    pub(crate) fn value(&mut self) -> Result<Token<'r>, DecodeError> {
        let Some(byte) = self.peek() else {
            return error("ends where a value should be", self.at);
        };
        match byte {
            b'{' => {
                self.at += 1;
                Ok(Token::Object)
            }
            b'[' => {
                self.at += 1;
                Ok(Token::Array)
            }
            b'"' => self.string(),
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

    fn literal(&mut self, word: &'static [u8]) -> Result<&'r [u8], DecodeError> {
        if !self.rest().starts_with(word) {
            return error("no JSON value begins so", self.at);
        }
        self.at += word.len();
        Ok(word)
    }

    fn number(&mut self) -> Result<Token<'r>, DecodeError> {
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
        Ok(Token::Plain(self.since(start)))
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
    fn string(&mut self) -> Result<Token<'r>, DecodeError> {
        let opening = self.at;
        let start = opening + 1;
        self.at = start;
        let mut escaped = false;
        loop {
            self.at += plain(self.rest());
            match *self.rest() {
                [] => return error("a string is not closed", opening),
                [b'"', ..] => {
                    let text = self.since(start);
                    self.at += 1;
                    return Ok(if escaped {
                        Token::Escaped(text)
                    } else {
                        Token::Plain(text)
                    });
                }
                [b'\\', ref rest @ ..] => {
                    escaped = true;
                    self.at += match rest {
                        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => 2,
                        [b'u', digits @ ..] if hex(digits).is_some() => 6,
                        _ => return error("an escape that JSON does not have", self.at),
                    };
                }
                _ => {
                    return error(
                        "a control character in a string, which must be written as an escape",
                        self.at,
                    );
                }
            }
        }
    }

    fn since(&self, start: usize) -> &'r [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }
}

/// Appends a checked string without its escapes.
pub(crate) fn unescape(text: &[u8], out: &mut String) {
    // Escapes are ASCII, so what replaces invalid bytes leaves them alone.
    let text = String::from_utf8_lossy(text);
    let mut rest: &str = &text;
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
fn hex(text: &[u8]) -> Option<u16> {
    text.first_chunk::<4>()?.iter().try_fold(0, |value, &byte| {
        let digit = char::from(byte).to_digit(16)?;
        Some(value << 4 | u16::try_from(digit).ok()?)
    })
}

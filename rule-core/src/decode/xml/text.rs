//! Text of XML: references and line breaks.

use alloc::borrow::Cow;
use alloc::string::String;
use memchr::{memchr, memchr2};

use super::reader::is_blank;
use crate::decode::{DecodeError, error};

/// No reference is longer than this, from `&` to `;`. It leaves room for zeros
/// before the number of a character.
const MAX_REFERENCE: usize = 16;

/// Where a text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Element,
    Cdata,
    /// In an attribute, where a line break or tab is read as a space.
    Attribute,
}

/// Checks the references of a text that begins at `offset` of the record.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "places in a record that the text is a part of"
)]
pub(super) fn check_references(text: &[u8], offset: usize) -> Result<(), DecodeError> {
    let mut at = 0;
    while let Some(rest) = text.get(at..)
        && let Some(len) = memchr(b'&', rest)
    {
        at += len;
        let Some((_, len)) = text.get(at..).and_then(reference) else {
            return error("`&` begins no reference that XML has", offset + at);
        };
        at += len;
    }
    Ok(())
}

/// The value of a checked text: references replaced, CRLF and CR read as LF.
/// Borrowed where it is as it is written.
pub(crate) fn value(raw: &[u8], place: Place) -> Cow<'_, str> {
    let is_plain = match place {
        Place::Element => memchr2(b'&', b'\r', raw).is_none(),
        Place::Cdata => memchr(b'\r', raw).is_none(),
        Place::Attribute => !raw.iter().any(|&byte| byte == b'&' || byte < b' '),
    };
    if is_plain {
        return String::from_utf8_lossy(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(&byte) = rest.first() {
        let special = |byte: u8| match place {
            Place::Element => byte == b'&' || byte == b'\r',
            Place::Cdata => byte == b'\r',
            Place::Attribute => byte == b'&' || (byte != b' ' && is_blank(byte)),
        };
        let len = match byte {
            _ if !special(byte) => {
                let len = rest.iter().take_while(|&&byte| !special(byte)).count();
                text.push_str(&String::from_utf8_lossy(
                    rest.get(..len).unwrap_or_default(),
                ));
                len
            }
            b'&' => {
                let (character, len) = reference(rest).unwrap_or((char::REPLACEMENT_CHARACTER, 1));
                text.push(character);
                len
            }
            _ => {
                text.push(if place == Place::Attribute { ' ' } else { '\n' });
                if rest.starts_with(b"\r\n") { 2 } else { 1 }
            }
        };
        rest = rest.get(len..).unwrap_or_default();
    }
    Cow::Owned(text)
}

/// The character of the reference that `text` begins with, and the length of
/// the reference. A number that is no character's is U+FFFD.
#[expect(
    clippy::arithmetic_side_effects,
    reason = "a place behind a byte that is there"
)]
fn reference(text: &[u8]) -> Option<(char, usize)> {
    let short = text.get(..MAX_REFERENCE).unwrap_or(text);
    let end = memchr(b';', short)?;
    let character = match short.get(1..end)? {
        b"amp" => '&',
        b"lt" => '<',
        b"gt" => '>',
        b"quot" => '"',
        b"apos" => '\'',
        [b'#', b'x', digits @ ..] => number(digits, 16)?,
        [b'#', digits @ ..] => number(digits, 10)?,
        _ => return None,
    };
    Some((character, end + 1))
}

fn number(digits: &[u8], radix: u32) -> Option<char> {
    if digits.is_empty() {
        return None;
    }
    let number = digits.iter().try_fold(0_u32, |number, &byte| {
        let digit = char::from(byte).to_digit(radix)?;
        Some(number.saturating_mul(radix).saturating_add(digit))
    })?;
    let character = char::from_u32(number).filter(|&character| character != '\0');
    Some(character.unwrap_or(char::REPLACEMENT_CHARACTER))
}

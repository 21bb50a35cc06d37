//! Which events can match at all, by the bytes that another format stores them in.
//!
//! A host decodes some formats to records: a Windows event log to XML. Where none of the
//! stored bytes hold a text that is looked for, it need not. What it can rely on is less
//! than in a record:
//!
//! - A text is stored whole, as UTF-16 or UTF-8, but characters that the record cannot have
//!   are something else in it. So are the characters around the values of a record.
//! - All else is written when it is decoded: numbers, identifiers, times. A text that could
//!   be a part of these need not be stored.
//!
//! So a text is looked for by the longest of its pieces that is written as it is stored and
//! by nothing else; where a search has none, every event can match.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::Search;
use super::literals::{LEAST, literals_as};
use super::look::Record;
use super::needles::Needles;
use crate::names::Sources;
use crate::search::Test;

/// A look at bytes that events are stored in.
#[derive(Debug)]
pub(crate) struct Stored {
    /// None where every event can match.
    search: Option<Search>,
}

impl Stored {
    /// A look for what any of the searches asks.
    pub(crate) fn new<'t>(
        searches: impl IntoIterator<Item = &'t Test>,
        sources: &Sources,
    ) -> Self {
        let mut all: BTreeSet<String> = BTreeSet::new();
        for search in searches {
            match literals_as(search, sources, piece) {
                Some(texts) => all.extend(texts),
                None => return Stored { search: None },
            }
        }
        let needles = Needles::unescaped(all);
        Stored {
            search: Some(Search::new(needles)),
        }
    }

    /// Can an event match that is stored in these bytes?
    pub(crate) fn may_match(&self, bytes: &[u8]) -> bool {
        let Some(search) = &self.search else {
            return true;
        };
        let holds = |bytes: &[u8]| search.look(bytes, &mut Record);
        // A text of UTF-16 may begin at any byte.
        let after = bytes.get(1..).unwrap_or_default();
        // What is found first may be a letter that only folds to ASCII.
        let folded = |bytes| search.look(&fold_utf8(bytes), &mut Record);
        holds(&fold_utf16(bytes)) || holds(&fold_utf16(after)) || holds(bytes) && folded(bytes)
    }
}

/// The longest piece of a text that stands wherever the text is read, and that only a
/// stored text can hold.
fn piece(text: &str) -> Option<String> {
    let pieces = text.split(is_between_or_put_in);
    let pieces = pieces.filter(|piece| piece.len() >= LEAST && is_of_text_alone(piece));
    pieces.max_by_key(|piece| piece.len()).map(String::from)
}

/// Does a record have this character where none is stored? Between the name and the value
/// of an attribute, between the values of a list, in markup; or in place of a character
/// that XML cannot have.
fn is_between_or_put_in(c: char) -> bool {
    matches!(c, '=' | ',' | ';' | '#' | '!' | '?' | '[' | ']' | '_')
}

/// What is written of values that are no texts, and of characters that XML writes by their
/// names, besides hexadecimal digits and letters that stand alone among digits: those of
/// times (`T`, `Z`) and of security identifiers (`S`).
const WORDS: [&str; 6] = ["true", "false", "infinity", "nan", "quot", "apos"];

/// Does a text hold two letters side by side that no value has which is no text?
fn is_of_text_alone(text: &str) -> bool {
    let is_digit = |byte: u8| byte.is_ascii_hexdigit();
    text.as_bytes().windows(2).any(|two| {
        let &[one, other] = two else { return false };
        let is_number = is_digit(other) && (is_digit(one) || one == b'x');
        let is_in_a_word = || WORDS.iter().any(|word| word.as_bytes().windows(2).any(|part| part == two));
        one.is_ascii_lowercase() && other.is_ascii_lowercase() && !is_number && !is_in_a_word()
    })
}

/// The characters of UTF-16 that are ASCII, the letters that fold to it as what they fold
/// to, and for each other one what no text has.
fn fold_utf16(bytes: &[u8]) -> Vec<u8> {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
    units
        .map(|unit| match unit {
            0x017f => b's',
            0x212a => b'k',
            0..0x80 => unit as u8,
            _ => 0,
        })
        .collect()
}

/// The same bytes, with the letters of UTF-8 that fold to ASCII as what they fold to.
#[cold]
fn fold_utf8(bytes: &[u8]) -> Vec<u8> {
    let mut folded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        let (letter, after) = match rest {
            [0xc5, 0xbf, after @ ..] => (b's', after),
            [0xe2, 0x84, 0xaa, after @ ..] => (b'k', after),
            _ => (*first, after),
        };
        folded.push(letter);
        rest = after;
    }
    folded
}

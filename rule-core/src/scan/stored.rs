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
    pub(crate) fn new<'t>(searches: impl IntoIterator<Item = &'t Test>, sources: &Sources) -> Self {
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
        let is_in_a_word = || {
            WORDS
                .iter()
                .any(|word| word.as_bytes().windows(2).any(|part| part == two))
        };
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
            _ => u8::try_from(unit).ok().filter(u8::is_ascii).unwrap_or(0),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Context, Plan};
    use crate::search::fold;
    use crate::spl::{Macros, parse};
    use proptest::prelude::*;
    use std::vec;

    fn stored(search: &str) -> Stored {
        let macros = Macros::new();
        let sources = Sources::default();
        let parsed = parse(search, &macros).unwrap();
        let context = Context {
            bounds: &crate::plan::Bounds::new(0, &|_| true),
            sources: &sources,
            macros: &macros,
            lookups: &Default::default(),
        };
        let plan = Plan::new(&parsed, &context).unwrap();
        Stored::new([&plan.filter], &sources)
    }

    #[test]
    fn what_is_looked_for() {
        for (text, wanted) in [
            ("get-recipient", Some("get-recipient")),
            ("lsass.exe", Some("lsass.exe")),
            ("cmd.", Some("cmd.")),
            ("a_longer_name", Some("longer")),
            ("key=value", Some("value")),
            ("one,three", Some("three")),
            ("key=4688", None),
            ("4688", None),
            ("s-1-5-18", None),
            ("{deadbeef-cafe}", None),
            ("0xfeed", None),
            ("2021-03-14t01:50:00z", None),
            ("1e-17", None),
            ("true", None),
            ("als", None),
            ("false", None),
            ("quot", None),
            ("falset", Some("falset")),
            ("abcd", None),
            ("abcdg", Some("abcdg")),
        ] {
            assert_eq!(piece(text).as_deref(), wanted, "{text}");
        }
    }

    /// A set of parts that has no such text is no better than none at all.
    #[test]
    fn which_part_of_a_search_is_looked_for() {
        for (search, wanted) in [
            ("a=*whoami* b=\"S-1-5-21-1004336348\"", true),
            ("a=*whoami* OR b=\"S-1-5-21-1004336348\"", false),
            ("a=*whoami* OR b=*hello*", true),
            ("eventtype=nobody", true),
        ] {
            assert_eq!(!stored(search).may_match(b""), wanted, "{search}");
        }
    }

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn what_may_match() {
        let looks = stored("a IN (*get-recipient*, *mask*)");
        for (text, wanted) in [
            ("get-recipient", true),
            ("xGET-Recipienty", true),
            ("get-recipien", false),
            ("get-\u{100}recipient", false),
            ("ma\u{17f}k", true),
            ("mas\u{212a}", true),
            ("ma\u{17f}\u{212a}", true),
            ("MA\u{17f}x\u{212a}", false),
            ("\u{17f}\u{212a}", false),
            ("\u{c5}\u{bf}", false),
            ("", false),
        ] {
            for bytes in [utf16(text), text.as_bytes().to_vec()] {
                for before in 0..5 {
                    let bytes = [&vec![7; before], bytes.as_slice(), &[7; 3]].concat();
                    assert_eq!(looks.may_match(&bytes), wanted, "{text:?} {bytes:?}");
                }
            }
        }
    }

    /// Texts at any place, as either form, and what is between them.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let text = prop::sample::select(vec![
            "get-recipient",
            "Get-Recipient",
            "get-",
            "recipient",
            "mask",
            "MASK",
            "ma\u{17f}k",
            "mas\u{212a}",
            "ma",
            "sk",
            "\u{17f}",
            "\u{212a}",
            "*!",
            "\u{c5}\u{bf}",
            "!whoami",
            "who",
            "am\u{131}",
        ]);
        let part = prop_oneof![
            3 => text.clone().prop_map(utf16),
            2 => text.prop_map(|text| text.as_bytes().to_vec()),
            2 => prop::collection::vec(prop::sample::select(vec![0_u8, 1, 0x21, 0x2a, 0x7f, 0xc5, 0xbf, 0xe2, 0x84, 0xaa, b's']), 0..4),
            1 => prop::collection::vec(any::<u8>(), 0..80),
        ];
        prop::collection::vec(part, 0..9).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn no_text_is_missed(bytes in bytes()) {
            let texts = ["get-recipient", "mask", "!whoami"];
            let looks = stored("a IN (*get-recipient*, *mask*, *!whoami*)");
            let units = |bytes: &[u8]| -> Vec<u16> {
                bytes.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect()
            };
            let read = [
                String::from_utf16_lossy(&units(&bytes)),
                String::from_utf16_lossy(&units(bytes.get(1..).unwrap_or_default())),
                String::from_utf8_lossy(&bytes).into_owned(),
            ];
            let holds = read.iter().any(|read| texts.iter().any(|text| fold(read).contains(text)));
            if holds {
                prop_assert!(looks.may_match(&bytes), "{:?}", read);
            }
        }
    }
}

//! Which records can match at all, by a look at their bytes.
//!
//! Most records of a log match no rule. Each event that matches holds one of a few
//! texts, taken from the search ([`literals`]): a record in whose bytes none of them
//! stands need not be decoded.
//!
//! A look may say yes to a record that does not match, and never no to one that does.
//! What could hide a text makes a yes: a numeric escape of JSON or of the XML that a
//! record may carry, and markup that splits its text. Characters with other escapes,
//! and letters with variants outside of ASCII, are in no text that is looked for.

mod literals;

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use memchr::{memchr, memchr2, memchr3};

use crate::names::Sources;
use crate::search::Test;

/// A look at the bytes of JSON records.
#[derive(Debug)]
pub struct Scan {
    /// None where every record can match.
    texts: Option<Texts>,
}

/// The texts that are looked for, by a rare byte of each.
#[derive(Debug)]
struct Texts {
    texts: Vec<Text>,
    probes: Probes,
}

#[derive(Debug)]
struct Text {
    /// In lower case.
    bytes: Vec<u8>,
    /// Where its rare byte stands in it.
    probe: usize,
}

/// The rare bytes, in both cases.
#[derive(Debug)]
enum Probes {
    One(u8),
    Two(u8, u8),
    Three(u8, u8, u8),
    Many(Box<[bool; 256]>),
}

impl Scan {
    /// A look for what any of the searches asks, and for these texts besides.
    #[must_use]
    pub fn new<'t>(
        searches: impl IntoIterator<Item = &'t Test>,
        sources: &Sources,
        besides: &[&str],
    ) -> Self {
        let mut all: BTreeSet<String> = besides.iter().map(|text| text.to_lowercase()).collect();
        for search in searches {
            match literals::literals(search, sources) {
                Some(texts) => all.extend(texts),
                None => return Scan { texts: None },
            }
        }
        let texts: Vec<Text> = all.into_iter().filter_map(Text::new).collect();
        Scan {
            texts: Some(Texts {
                probes: Probes::of(&texts),
                texts,
            }),
        }
    }

    /// Can the event of this JSON record match?
    #[must_use]
    pub fn may_match(&self, record: &[u8]) -> bool {
        match &self.texts {
            None => true,
            Some(texts) => texts.are_in(record) || may_hide(record),
        }
    }
}

impl Texts {
    fn are_in(&self, record: &[u8]) -> bool {
        let mut from = 0;
        while let Some(step) = record.get(from..).and_then(|rest| self.probes.find(rest)) {
            let at = from + step;
            if self.texts.iter().any(|text| text.stands_at(record, at)) {
                return true;
            }
            from = at + 1;
        }
        false
    }
}

impl Text {
    fn new(text: String) -> Option<Self> {
        let bytes = text.into_bytes();
        let rarest = bytes.iter().enumerate();
        let (probe, _) = rarest.min_by_key(|(_, byte)| frequency(**byte))?;
        Some(Text { bytes, probe })
    }

    /// Does the text stand where its rare byte would be at `at`?
    fn stands_at(&self, record: &[u8], at: usize) -> bool {
        at.checked_sub(self.probe)
            .and_then(|start| record.get(start..)?.get(..self.bytes.len()))
            .is_some_and(|bytes| bytes.eq_ignore_ascii_case(&self.bytes))
    }
}

impl Probes {
    fn of(texts: &[Text]) -> Self {
        let mut bytes: BTreeSet<u8> = BTreeSet::new();
        for text in texts {
            if let Some(&byte) = text.bytes.get(text.probe) {
                bytes.extend([byte, byte.to_ascii_uppercase()]);
            }
        }
        let all: Vec<u8> = bytes.into_iter().collect();
        match *all {
            [one] => Probes::One(one),
            [one, two] => Probes::Two(one, two),
            [one, two, three] => Probes::Three(one, two, three),
            _ => {
                let mut table = Box::new([false; 256]);
                for byte in all {
                    if let Some(entry) = table.get_mut(usize::from(byte)) {
                        *entry = true;
                    }
                }
                Probes::Many(table)
            }
        }
    }

    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match self {
            Probes::One(one) => memchr(*one, bytes),
            Probes::Two(one, two) => memchr2(*one, *two, bytes),
            Probes::Three(one, two, three) => memchr3(*one, *two, *three, bytes),
            Probes::Many(table) => bytes
                .iter()
                .position(|byte| table.get(usize::from(*byte)) == Some(&true)),
        }
    }
}

/// How often a byte stands in logs, roughly: the less, the better it is to look for.
fn frequency(byte: u8) -> u8 {
    const LETTERS: &[u8; 26] = b"zqjxkvbywgpfmucdlhrsnioate";
    match byte.to_ascii_lowercase() {
        b' ' | b':' | b',' | b'.' => 60,
        b'0'..=b'9' => 50,
        letter @ b'a'..=b'z' => {
            let rank = LETTERS.iter().position(|one| *one == letter);
            // Both cases are looked for.
            10 + rank.map_or(26, |rank| rank as u8)
        }
        b'-' => 9,
        _ => 8,
    }
}

/// Is there anything in the record that could hide a text: `&#`, `<!`, or `\u` for a
/// character of ASCII that is no control character? Whether the backslash is itself
/// escaped does not matter: the record may carry JSON in a text.
fn may_hide(record: &[u8]) -> bool {
    let mut rest = record;
    while let Some(at) = memchr3(b'\\', b'&', b'<', rest) {
        rest = rest.get(at..).unwrap_or_default();
        if matches!(
            rest,
            [b'\\', b'u', b'0', b'0', b'2'..=b'7', ..] | [b'&', b'#', ..] | [b'<', b'!', ..]
        ) {
            return true;
        }
        rest = rest.get(1..).unwrap_or_default();
    }
    false
}

#[cfg(test)]
mod tests;

//! Which records can match at all, by a look at their bytes.
//!
//! Most records of a log match no rule. Each event that matches holds one of a few
//! texts, taken from the search (`literals`): a record in whose bytes none of them
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

use memchr::{memchr, memmem};

use crate::names::Sources;
use crate::search::Test;

/// A look at the bytes of JSON records.
#[derive(Debug)]
pub struct Scan {
    /// None where every record can match.
    texts: Option<Texts>,
}

/// The texts that are looked for, all at once [Horspool, "Practical fast searching in
/// strings"]: a window as long as the shortest goes over the record, and the byte at its
/// end says how far it can go on. Most bytes of a record are never looked at, which is
/// what counts in an interpreter.
#[derive(Debug)]
struct Texts {
    /// In lower case.
    texts: Vec<Vec<u8>>,
    /// The length of the shortest.
    window: usize,
    /// How far the window can go on by the byte at its end, in both cases; 0 where a
    /// text may stand in it.
    shifts: Box<[u8; 256]>,
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
        Scan {
            texts: Some(Texts::new(all)),
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
    fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let texts: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
        let shortest = texts.iter().map(Vec::len).min().unwrap_or(0);
        let window = shortest.min(usize::from(u8::MAX));
        let mut shifts = Box::new([window as u8; 256]);
        for text in &texts {
            let window = text.get(..window).unwrap_or_default();
            for (place, byte) in window.iter().rev().enumerate().rev() {
                for byte in [*byte, byte.to_ascii_uppercase()] {
                    if let Some(shift) = shifts.get_mut(usize::from(byte)) {
                        *shift = (*shift).min(place as u8);
                    }
                }
            }
        }
        Texts {
            texts,
            window,
            shifts,
        }
    }

    fn are_in(&self, record: &[u8]) -> bool {
        let Some(last) = self.window.checked_sub(1) else {
            return false;
        };
        let mut end = last;
        while let Some(&byte) = record.get(end) {
            match self.shifts.get(usize::from(byte)) {
                Some(0) | None => {
                    let rest = record.get(end - last..).unwrap_or_default();
                    if self.stand_at_the_start_of(rest) {
                        return true;
                    }
                    end += 1;
                }
                Some(shift) => end += usize::from(*shift),
            }
        }
        false
    }

    fn stand_at_the_start_of(&self, rest: &[u8]) -> bool {
        self.texts.iter().any(|text| {
            rest.get(..text.len())
                .is_some_and(|bytes| bytes.eq_ignore_ascii_case(text))
        })
    }
}

/// Is there anything in the record that could hide a text: `\u` for a character of
/// ASCII that is no control character (whether the backslash is itself escaped does not
/// matter: the record may carry JSON in a text); or, where it may carry XML, `&#`, `<!` or
/// `<?`?
fn may_hide(record: &[u8]) -> bool {
    let mut rest = record;
    while let Some(at) = memchr(b'\\', rest) {
        rest = rest.get(at + 1..).unwrap_or_default();
        if matches!(rest, [b'u', b'0', b'0', b'2'..=b'7', ..]) {
            return true;
        }
    }
    memchr(b'<', record).is_some()
        && [&b"&#"[..], b"<!", b"<?"]
            .iter()
            .any(|one| memmem::find(record, one).is_some())
}

#[cfg(test)]
mod tests;

//! Which records can match at all, by a look at their bytes.
//!
//! Most records of a log match no rule. Each event that matches holds one of a few
//! texts, taken from the search (`literals`): a record in whose bytes none of them
//! stands need not be decoded, nor even be cut out of a log of lines.
//!
//! ```text
//! searches ─ literals ─ needles ─┬─ fingerprints  with vectors
//!                                ├─ jumps         without
//!                                └─ linear        where those would look too often
//! ```
//!
//! A look may say yes to a record that does not match, and never no to one that does.
//! What could hide a text makes a yes: a numeric escape of JSON or of the XML that a
//! record may carry, markup that splits its text, a letter that is not ASCII and has a
//! variant that is (`needles`). Characters with other escapes are in no text that is looked
//! for.
//!
//! All three searches answer the same: what they look for stands in the bytes or not. So
//! the processor changes the time that it takes, and no number that is counted.

mod budget;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod fingerprints;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod frequency;
#[cfg(not(target_feature = "simd128"))]
mod jumps;
mod kernel;
mod linear;
mod literals;
mod look;
mod needles;
mod stored;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod vector;

use alloc::collections::BTreeSet;
use alloc::string::String;

use crate::names::Sources;
use crate::search::Test;
use kernel::Kernel;
use linear::Linear;
pub(crate) use literals::literals;
pub use look::Clear;
use look::{Ended, Lines, Look, Record};
use needles::Needles;
pub(crate) use stored::Stored;

/// A look at the bytes of records.
#[derive(Debug)]
pub struct Scan {
    /// None where every record can match.
    search: Option<Search>,
}

#[derive(Debug)]
struct Search {
    needles: Needles,
    kernel: Kernel,
    linear: Linear,
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
            match literals(search, sources) {
                Some(texts) => all.extend(texts),
                None => return Scan { search: None },
            }
        }
        Scan {
            search: Some(Search::new(Needles::new(all))),
        }
    }

    /// Does it tell records apart, or can every one match?
    #[must_use]
    pub fn tells_apart(&self) -> bool {
        self.search.is_some()
    }

    /// Can the event of this record match?
    #[must_use]
    pub fn may_match(&self, record: &[u8]) -> bool {
        let search = self.search.as_ref();
        search.is_none_or(|search| search.look(record, &mut Record))
    }

    /// Which lines at the begin of these bytes, which begin a line, hold a JSON object
    /// each that cannot match. A line that is longer than `longest`, break included, is
    /// none of them, nor is one that no other follows, or not the begin of an object.
    #[must_use]
    pub fn clear_lines(&self, bytes: &[u8], longest: usize) -> Clear {
        let mut lines = Lines::new(longest);
        if let Some(search) = &self.search
            && bytes.first() == Some(&b'{')
        {
            search.look(bytes, &mut lines);
        }
        lines.clear
    }
}

impl Search {
    fn new(needles: Needles) -> Self {
        Search {
            kernel: Kernel::best(&needles),
            linear: Linear::new(&needles),
            needles,
        }
    }

    /// Looks until something is found, or the look ends; true where it is found.
    fn look<L: Look>(&self, bytes: &[u8], look: &mut L) -> bool {
        let ended = match self.kernel.look(&self.needles, bytes, look) {
            Ended::Dense => self.linear.look(&self.needles, bytes, look),
            ended => ended,
        };
        ended == Ended::Found
    }
}

#[cfg(test)]
mod tests;

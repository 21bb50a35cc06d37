//! Which records can match at all, by a look at their bytes.
//!
//! Most records of a log match no rule. Each event that matches holds one of a few
//! texts, taken from the search (`literals`): a record in whose bytes none of them
//! stands need not be decoded, nor even be cut out of a log of lines.
//!
//! ```text
//! searches ─ literals ─ needles ─┬─ blocks  with vectors: fingerprints, runs where many
//!                                ├─ lines   without: jumps, runs where many
//!                                └─ linear  where those would look too often
//! ```
//!
//! A look may say yes to a record that does not match, and never no to one that does.
//! What could hide a text makes a yes: a numeric escape of JSON or of the XML that a
//! record may carry, markup that splits its text, a letter that is not ASCII and has a
//! variant that is (`needles`). Characters with other escapes are in no text that is looked
//! for.
//!
//! All searches answer the same: what they look for stands in the bytes or not. So
//! the processor changes the time that it takes, and no number that is counted.

mod asked;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod blocks;
mod budget;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod fingerprints;
mod frequency;
#[cfg(not(target_feature = "simd128"))]
mod hidden;
#[cfg(not(target_feature = "simd128"))]
mod jumps;
mod kernel;
mod linear;
#[cfg(not(target_feature = "simd128"))]
mod lines;
mod literals;
mod look;
mod needles;
mod runs;
mod stop;
mod stored;
#[cfg(any(target_arch = "x86_64", target_feature = "simd128"))]
mod vector;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::names::Sources;
use crate::search::Test;
pub use asked::Asked;
use asked::{Every, Searches};
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
    search: Search,
    searches: Searches,
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
        let searches = searches.into_iter();
        let by_search: Vec<_> = searches.map(|search| literals(search, sources)).collect();
        let mut all: BTreeSet<String> = besides.iter().map(|text| text.to_lowercase()).collect();
        all.extend(by_search.iter().flatten().flatten().cloned());
        let needles = Needles::new(all);
        let needles_of = |texts: &BTreeSet<String>| {
            let needles = texts.iter().flat_map(|text| needles.of_text(text));
            needles.collect::<Vec<_>>()
        };
        let by_search = by_search.iter().map(|texts| texts.as_ref().map(needles_of));
        Scan {
            searches: Searches::new(&needles, &by_search.collect::<Vec<_>>()),
            search: Search::new(needles),
        }
    }

    /// Does it tell records apart, or can every one match?
    #[must_use]
    pub fn tells_apart(&self) -> bool {
        !self.searches.are_always_asked()
    }

    /// Can the event of this record match?
    #[must_use]
    pub fn may_match(&self, record: &[u8]) -> bool {
        !self.tells_apart() || self.search.look(record, &mut Record)
    }

    /// Which of the searches the record has to be asked: each that has no texts, and of the
    /// others those of which it holds a text, or all where one may be hidden in it. Some
    /// are not asked even where the scan does not tell records apart.
    #[must_use]
    pub fn asked(&self, record: &[u8]) -> Asked {
        let mut every = Every::new(&self.searches);
        match self.searches.differ() && !self.search.look(record, &mut every) {
            true => every.asked,
            false => self.searches.all().clone(),
        }
    }

    /// Which lines at the begin of these bytes, which begin a line, hold a JSON object
    /// each that cannot match. A line that is longer than `longest`, break included, is
    /// none of them, nor is one that no other follows, or not the begin of an object.
    #[must_use]
    pub fn clear_lines(&self, bytes: &[u8], longest: usize) -> Clear {
        let mut lines = Lines::new(longest);
        if self.tells_apart() && bytes.first() == Some(&b'{') {
            self.search.look(bytes, &mut lines);
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
        let ended = match self.kernel.look(&self.needles, &self.linear, bytes, look) {
            Ended::Dense => self.linear.look(&self.needles, bytes, look),
            ended => ended,
        };
        ended == Ended::Found
    }
}

/// A place in a table, as other tables keep it: in 32 bits. One that is beyond them, which
/// would take more than 64 GiB, is as good as no place.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;

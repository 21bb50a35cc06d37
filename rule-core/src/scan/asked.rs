//! Which searches a record has to be asked.

use alloc::vec::Vec;

use super::look::Look;
use super::needles::Needles;
use super::short;
use crate::entries;

/// Which searches each text is of.
#[derive(Debug)]
pub(super) struct Searches {
    /// Those without texts.
    always: Asked,
    all: Asked,
    /// For each needle, where its searches begin; one more at the end.
    starts: Vec<u32>,
    by_needle: Vec<u32>,
}

/// The searches that a record has to be asked: all others do not match it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// A bit each.
    searches: Vec<u64>,
}

impl Searches {
    /// By the needles of each search; none of one without texts.
    pub(super) fn new(needles: &Needles, searches: &[Option<Vec<usize>>]) -> Self {
        let mut always = Asked::none(searches.len());
        let mut all = always.clone();
        let mut pairs = Vec::new();
        for (index, own) in searches.iter().enumerate() {
            all.add(index);
            match own {
                None => always.add(index),
                Some(own) => pairs.extend(own.iter().map(|needle| (*needle, short(index)))),
            }
        }
        entries::sort(&mut pairs, Ord::cmp);
        pairs.dedup();
        let begins = |needle| short(pairs.partition_point(|(other, _)| *other < needle));
        Searches {
            always,
            all,
            starts: (0..=needles.all().len()).map(begins).collect(),
            by_needle: pairs.iter().map(|(_, index)| *index).collect(),
        }
    }

    pub(super) fn all(&self) -> &Asked {
        &self.all
    }

    /// Is there a search that some records need not be asked?
    pub(super) fn differ(&self) -> bool {
        self.always != self.all
    }

    pub(super) fn are_always_asked(&self) -> bool {
        self.always.searches.iter().any(|searches| *searches != 0)
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in the table of needles"
    )]
    fn of(&self, needle: usize) -> &[u32] {
        let start = |needle: usize| self.starts.get(needle).map(|start| *start as usize);
        let all = start(needle).zip(start(needle + 1));
        all.and_then(|(from, to)| self.by_needle.get(from..to))
            .unwrap_or_default()
    }
}

impl Asked {
    fn none(searches: usize) -> Self {
        Asked {
            searches: alloc::vec![0; searches.div_ceil(64)],
        }
    }

    fn add(&mut self, search: usize) {
        if let Some(searches) = self.searches.get_mut(search / 64) {
            *searches |= 1 << (search % 64);
        }
    }

    /// Has the record to be asked this search, by its place among those that the scan was
    /// made of?
    #[must_use]
    pub fn asks(&self, search: usize) -> bool {
        let searches = self.searches.get(search / 64);
        searches.is_some_and(|searches| searches >> (search % 64) & 1 == 1)
    }

    /// The places of these searches, in their order.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "no 1 is taken of a word that has none, and a place is below the number of \
                  searches"
    )]
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let words = (0..).step_by(64).zip(&self.searches);
        words.flat_map(|(first, word)| {
            let rest = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
            let left = core::iter::successors(Some(*word).filter(|left| *left != 0), rest);
            left.map(move |left| first + left.trailing_zeros() as usize)
        })
    }
}

/// A look at all texts of a record.
pub(super) struct Every<'a> {
    searches: &'a Searches,
    pub(super) asked: Asked,
}

impl<'a> Every<'a> {
    pub(super) fn new(searches: &'a Searches) -> Self {
        Every {
            searches,
            asked: searches.always.clone(),
        }
    }
}

impl Look for Every<'_> {
    const LINES: bool = false;

    fn line_break(&mut self, _: &[u8], _: usize) -> bool {
        true
    }

    fn text(&mut self, needle: usize) -> bool {
        for search in self.searches.of(needle) {
            self.asked.add(*search as usize);
        }
        true
    }

    fn start(&self) -> usize {
        0
    }
}

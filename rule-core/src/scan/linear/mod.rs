//! The search that takes the same time for every input: where the quick ones would have
//! to look at too many places.

mod table;
mod trie;

use memchr::memchr;

use super::look::{Ended, Look};
use super::needles::{Kind, Needles};
use table::Table;
use trie::Trie;

#[derive(Debug)]
pub(super) struct Linear {
    trie: Trie,
    /// None where it would take too much memory.
    table: Option<Table>,
}

/// An automaton over all needles, whose state is the longest of their beginnings that the
/// bytes so far end with.
trait Automaton {
    const ROOT: u32;

    /// The state after one more byte.
    fn next(&self, state: u32, byte: u8) -> u32;

    /// Does a needle end with this state?
    fn is_end(&self, state: u32) -> bool;

    /// The needles that end with it.
    fn ends<'a>(&self, trie: &'a Trie, state: u32) -> impl Iterator<Item = usize> + 'a;
}

impl Linear {
    pub(super) fn new(needles: &Needles) -> Self {
        let trie = Trie::new(needles);
        Linear {
            table: Table::new(&trie),
            trie,
        }
    }

    /// As where a table would take too much memory.
    #[cfg(test)]
    pub(super) fn without_table(needles: &Needles) -> Self {
        Linear {
            table: None,
            trie: Trie::new(needles),
        }
    }

    pub(super) fn is_quick(&self) -> bool {
        self.table.is_some()
    }

    /// Looks at each byte once.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in the bytes, of a line that is there"
    )]
    pub(super) fn look<L: Look>(&self, needles: &Needles, bytes: &[u8], look: &mut L) -> Ended {
        if !L::LINES {
            return self.record(needles, bytes, look);
        }
        loop {
            let start = look.start();
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = memchr(b'\n', rest) else {
                return Ended::Through;
            };
            let line = rest.get(..length).unwrap_or_default();
            match self.record(needles, line, look) {
                Ended::Through if look.line_break(bytes, start + length) => {}
                Ended::Through => return Ended::Stopped,
                other => return other,
            }
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a part is no longer than what is left of the record"
    )]
    fn record<L: Look>(&self, needles: &Needles, record: &[u8], look: &mut L) -> Ended {
        let mut ends = Ends {
            trie: &self.trie,
            needles,
            record,
            look,
        };
        let Some(table) = &self.table else {
            let state = ends.slowly(&self.trie, Trie::ROOT, 0, record.len());
            return state.map_or(Ended::Found, |_| Ended::Through);
        };
        let mut state = Table::ROOT;
        let mut at = 0;
        while at < record.len() {
            let part = table.part(record.len() - at);
            let after = match table.pass(record, at, part, state) {
                Some(after) => after,
                None => match ends.slowly(table, state, at, at + part) {
                    Some(after) => after,
                    None => return Ended::Found,
                },
            };
            state = after;
            at += part;
        }
        Ended::Through
    }
}

/// What is done where needles end.
struct Ends<'a, L> {
    trie: &'a Trie,
    needles: &'a Needles,
    record: &'a [u8],
    look: &'a mut L,
}

impl<L: Look> Ends<'_, L> {
    /// The state after a part of the record, byte after byte; none where the look ends.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place behind a byte that is there"
    )]
    fn slowly<A: Automaton>(
        &mut self,
        automaton: &A,
        mut state: u32,
        from: usize,
        to: usize,
    ) -> Option<u32> {
        for (at, &byte) in (from..).zip(self.record.get(from..to).unwrap_or_default()) {
            state = automaton.next(state, byte);
            if automaton.is_end(state)
                && !automaton
                    .ends(self.trie, state)
                    .all(|end| self.take(end, at + 1))
            {
                return None;
            }
        }
        Some(state)
    }

    /// Takes a needle that ends at `end`; false ends the look.
    fn take(&mut self, needle: usize, end: usize) -> bool {
        match self.needles.all().get(needle).map(|needle| needle.kind) {
            Some(Kind::Text) => self.look.text(needle),
            Some(Kind::Escape) => {
                let after = self.record.get(end..).unwrap_or_default();
                !self.needles.hides(after)
            }
            Some(Kind::Hiding) => false,
            None => true,
        }
    }
}

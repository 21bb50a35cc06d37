//! The automaton as a table, with the next state for each state and byte.
//!
//! Each step waits for the one before it. So a part of a record is cut into lanes that are
//! gone through at once: a lane begins a longest needle early, and has the right state when
//! it comes to its own bytes.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Automaton;
use super::trie::{Step, Trie};

/// So many lanes keep a processor at work.
const LANES: usize = 4;

/// A lane has so many bytes of its own at the most, and at the least, if not as many as
/// the longest needle.
const LONGEST: usize = 1024;
const SHORTEST: usize = 32;

/// A table has so many entries, of two bytes each, at the most.
const MOST: usize = 512 << 10;

/// Set in the number of a state that is an end.
const END: u16 = 1 << 15;

#[derive(Debug)]
pub(super) struct Table {
    /// Bytes that no state tells apart are of one class: letters of either case, and all
    /// that are in no needle.
    classes: Box<[u8; 256]>,
    /// How many classes there are.
    width: usize,
    /// The next states of each state, by class. They are numbered in the order of the trie.
    next: Vec<u16>,
    /// How early a lane begins.
    early: usize,
}

impl Table {
    /// None where it would have too many entries.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "there are 256 classes at the most, so a table of END states has 2^23 entries \
                  at the most"
    )]
    pub(super) fn new(trie: &Trie) -> Option<Self> {
        let mut classes = Box::new([0; 256]);
        let mut width = 1;
        for &Step { byte, .. } in trie.steps() {
            if classes.get(usize::from(byte)) == Some(&0) {
                for byte in [byte, byte.to_ascii_uppercase()] {
                    *classes.get_mut(usize::from(byte))? = u8::try_from(width).ok()?;
                }
                width += 1;
            }
        }
        let order = trie.order();
        if order.len() > usize::from(END) || order.len() * width > MOST {
            return None;
        }
        let mut numbers = alloc::vec![0; order.len()];
        for (number, state) in (0..).zip(order) {
            let end = if trie.is_end(*state) { END } else { 0 };
            *numbers.get_mut(*state as usize)? = number | end;
        }
        let mut next = alloc::vec![0; order.len() * width];
        for (own, &state) in (0..).step_by(width).zip(order) {
            let shorter = numbers.get(trie.state(state).shorter as usize)?;
            let shorter = usize::from(shorter & !END) * width;
            next.copy_within(shorter..shorter + width, own);
            for &Step { byte, to } in trie.steps_of(state) {
                let class = classes.get(usize::from(byte))?;
                *next.get_mut(own + usize::from(*class))? = *numbers.get(to as usize)?;
            }
        }
        Some(Table {
            classes,
            width,
            next,
            early: trie.longest,
        })
    }

    /// How many of the bytes that are left the next part should have.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "lanes of LONGEST bytes, or of a needle's length, which is in memory, at the most"
    )]
    pub(super) fn part(&self, left: usize) -> usize {
        let lane = (left / LANES).min(LONGEST);
        match lane < SHORTEST.max(self.early) {
            true => left.min(LANES * SHORTEST.max(self.early)),
            false => LANES * lane,
        }
    }

    /// The state after a part of a record; none where a needle ends in it.
    #[inline]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a part of the record, and lanes that are parts of it"
    )]
    pub(super) fn pass(&self, record: &[u8], from: usize, part: usize, state: u32) -> Option<u32> {
        let state = state & !u32::from(END);
        let lane = part / LANES;
        if lane < SHORTEST.max(self.early) || lane * LANES != part {
            return self.one(record.get(from..from + part)?, state);
        }
        let begin = |number: usize| {
            let begin = from + number * lane;
            let before = record.get(begin.saturating_sub(self.early)..begin)?;
            let early = before
                .iter()
                .fold(Self::ROOT, |at, byte| self.next(at, *byte));
            Some((record.get(begin..begin + lane)?, early & !u32::from(END)))
        };
        let first = record.get(from..from + lane)?;
        let [(second, mut b), (third, mut c), (fourth, mut d)] = [begin(1)?, begin(2)?, begin(3)?];
        let mut a = state;
        let mut all = 0;
        let bytes = first.iter().zip(second).zip(third).zip(fourth);
        for (((first, second), third), fourth) in bytes {
            a = self.after(a, *first);
            b = self.after(b, *second);
            c = self.after(c, *third);
            d = self.after(d, *fourth);
            all |= a | b | c | d;
        }
        (!self.is_end(all)).then_some(d)
    }

    fn one(&self, bytes: &[u8], mut state: u32) -> Option<u32> {
        for byte in bytes {
            state = self.after(state, *byte);
            if self.is_end(state) {
                return None;
            }
        }
        Some(state)
    }

    /// The state after one that is no end, with `END` set where it is one.
    #[inline(always)]
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a state has 16 bits and there are 256 classes at the most"
    )]
    fn after(&self, state: u32, byte: u8) -> u32 {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
        let place = state as usize * self.width + usize::from(class);
        self.next.get(place).copied().map_or(Self::ROOT, u32::from)
    }
}

impl Automaton for Table {
    const ROOT: u32 = 0;

    #[inline(always)]
    fn next(&self, state: u32, byte: u8) -> u32 {
        self.after(state & !u32::from(END), byte)
    }

    fn is_end(&self, state: u32) -> bool {
        state & u32::from(END) != 0
    }

    fn ends<'a>(&self, trie: &'a Trie, state: u32) -> impl Iterator<Item = usize> + 'a {
        let number = (state & !u32::from(END)) as usize;
        let state = trie.order().get(number).copied();
        trie.ends(trie, state.unwrap_or(Trie::ROOT))
    }
}

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

#[derive(Debug)]
pub(super) struct Table {
    /// Bytes that no state tells apart are of one class: letters of either case, and all
    /// that are in no needle.
    classes: Box<[u8; 256]>,
    /// How many classes there are.
    width: usize,
    /// The next states of each state, by class. States that are no end come first.
    next: Vec<u16>,
    /// The first state that is an end.
    ends: u16,
    /// Which states of the trie they are.
    states: Vec<u32>,
    /// How early a lane begins.
    early: usize,
}

impl Table {
    /// None where it would have too many entries.
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
        if order.len() > usize::from(u16::MAX) || order.len() * width > MOST {
            return None;
        }
        let (ends, others): (Vec<u32>, Vec<u32>) =
            order.iter().partition(|state| trie.is_end(**state));
        let first_end = u16::try_from(others.len()).ok()?;
        let mut states = others;
        states.extend(ends);
        let mut numbers = alloc::vec![0; states.len()];
        for (number, state) in (0..).zip(&states) {
            *numbers.get_mut(*state as usize)? = number;
        }
        let mut next = alloc::vec![0; states.len() * width];
        for &state in order {
            let row = |state: u32| Some(usize::from(*numbers.get(state as usize)?) * width);
            let shorter = row(trie.state(state).shorter)?;
            let own = row(state)?;
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
            ends: first_end,
            states,
            early: trie.longest,
        })
    }

    /// How many of the bytes that are left the next part should have.
    pub(super) fn part(&self, left: usize) -> usize {
        let lane = (left / LANES).min(LONGEST);
        match lane < SHORTEST.max(self.early) {
            true => left.min(LANES * SHORTEST.max(self.early)),
            false => LANES * lane,
        }
    }

    /// The state after a part of a record; none where a needle ends in it.
    #[inline]
    pub(super) fn pass(&self, record: &[u8], from: usize, part: usize, state: u32) -> Option<u32> {
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
            Some((record.get(begin..begin + lane)?, early))
        };
        let first = record.get(from..from + lane)?;
        let [(second, mut b), (third, mut c), (fourth, mut d)] = [begin(1)?, begin(2)?, begin(3)?];
        let mut a = state;
        let bytes = first.iter().zip(second).zip(third).zip(fourth);
        for (((first, second), third), fourth) in bytes {
            a = self.next(a, *first);
            b = self.next(b, *second);
            c = self.next(c, *third);
            d = self.next(d, *fourth);
            if a.max(b).max(c.max(d)) >= u32::from(self.ends) {
                return None;
            }
        }
        Some(d)
    }

    fn one(&self, bytes: &[u8], mut state: u32) -> Option<u32> {
        for byte in bytes {
            state = self.next(state, *byte);
            if self.is_end(state) {
                return None;
            }
        }
        Some(state)
    }
}

impl Automaton for Table {
    const ROOT: u32 = 0;

    #[inline(always)]
    fn next(&self, state: u32, byte: u8) -> u32 {
        let class = self.classes.get(usize::from(byte)).copied().unwrap_or(0);
        let place = state as usize * self.width + usize::from(class);
        self.next.get(place).copied().map_or(Self::ROOT, u32::from)
    }

    fn is_end(&self, state: u32) -> bool {
        state >= u32::from(self.ends)
    }

    fn ends<'a>(&self, trie: &'a Trie, state: u32) -> impl Iterator<Item = usize> + 'a {
        let state = self.states.get(state as usize).copied();
        trie.ends(trie, state.unwrap_or(Trie::ROOT))
    }
}

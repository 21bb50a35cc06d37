//! A program run over a text, in steps that are counted.
//!
//! It is Pike's machine: threads in the order of their preference go through the text
//! side by side, each state once at a place, so that one search takes time linear in the
//! text. All matches of a text may still take the square of it: `a[^b]*b|a` looks at all
//! of the rest for each `a` where no `b` comes. So every state that is looked at is a
//! step, and who searches says how many there may be.

use alloc::boxed::Box;
use alloc::vec::Vec;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::{NonMaxUsize, StateID};

use crate::rows::steps::Steps;

/// Where a group begins or ends; none where it took no part.
pub(super) type Slot = Option<NonMaxUsize>;

/// A program, and the bytes that a match can begin with.
#[derive(Debug)]
pub(super) struct Machine {
    program: NFA,
    /// None where a match may be empty, or begin with any byte.
    first: Option<Box<[bool; 256]>>,
}

/// The memory that a search works in.
#[derive(Debug, Default)]
pub(super) struct Threads {
    /// At the place that is looked at, and at the next one.
    current: Front,
    next: Front,
    /// The states that were reached at a place.
    seen: Seen,
    stack: Vec<Frame>,
    /// The groups of the thread at hand.
    slots: Vec<Slot>,
}

/// As many groups of threads are kept room for between searches.
const KEPT_SLOTS: usize = 4096;

/// The threads at one place, those first that are preferred.
#[derive(Debug, Default)]
struct Front {
    states: Vec<StateID>,
    /// Of each thread its groups, one behind the other.
    slots: Vec<Slot>,
}

/// A set of states that is emptied in no time.
#[derive(Debug, Default)]
struct Seen {
    members: Vec<u32>,
    places: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
enum Frame {
    Follow(StateID),
    /// A group is again what it was.
    Restore(usize, Slot),
}

impl Machine {
    pub(super) fn new(program: NFA) -> Self {
        let first = first_bytes(&program).map(Box::new);
        Machine { program, first }
    }

    pub(super) fn program(&self) -> &NFA {
        &self.program
    }

    /// Looks for the first match at or after a byte, which begins a character, and notes
    /// the groups that there is room for; without room it is enough that there is one.
    /// None where that takes more steps than there are.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "it goes on by bytes that are there, no further than their end"
    )]
    pub(super) fn search(
        &self,
        threads: &mut Threads,
        text: &str,
        from: usize,
        found: &mut [Slot],
        steps: &Steps<'_>,
    ) -> Option<bool> {
        let bytes = text.as_bytes();
        let is_anchored = self.program.is_always_start_anchored();
        threads.begin(self.program.states().len(), found.len());
        let mut is_found = false;
        let mut at = from;
        loop {
            if threads.current.states.is_empty() {
                if is_found || is_anchored && at > from {
                    break;
                }
                if let (Some(first), false) = (&self.first, is_anchored) {
                    let Some(step) = next_of(first, bytes.get(at..)?) else {
                        steps.take(bytes.len() - at)?;
                        break;
                    };
                    steps.take(step)?;
                    at += step;
                }
            }
            if !is_found && (at == from || !is_anchored) && text.is_char_boundary(at) {
                threads.slots.fill(None);
                let start = self.program.start_anchored();
                threads.follow(&self.program, start, bytes, at, Side::Current, steps)?;
            }
            threads.seen.clear();
            steps.take(threads.current.states.len() + 1)?;
            let byte = bytes.get(at).copied();
            if self.step(threads, bytes, at, byte, found, steps)? {
                is_found = true;
                if found.is_empty() {
                    break;
                }
            }
            if byte.is_none() {
                break;
            }
            core::mem::swap(&mut threads.current, &mut threads.next);
            threads.next.clear();
            at += 1;
        }
        Some(is_found)
    }

    /// Takes each thread over a byte. Where one is at its end, those behind it are given
    /// up: true.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place among the bytes, behind one that is there"
    )]
    fn step(
        &self,
        threads: &mut Threads,
        bytes: &[u8],
        at: usize,
        byte: Option<u8>,
        found: &mut [Slot],
        steps: &Steps<'_>,
    ) -> Option<bool> {
        for place in 0..threads.current.states.len() {
            let state = *threads.current.states.get(place)?;
            let next = match (self.program.state(state), byte) {
                (State::Match { .. }, _) => {
                    found.copy_from_slice(threads.current.slots_of(place, found.len())?);
                    return Some(true);
                }
                (State::ByteRange { trans }, Some(byte)) => {
                    trans.matches_byte(byte).then_some(trans.next)
                }
                (State::Sparse(sparse), Some(byte)) => sparse.matches_byte(byte),
                (State::Dense(dense), Some(byte)) => dense.matches_byte(byte),
                _ => None,
            };
            let Some(next) = next else { continue };
            let groups = threads.slots.len();
            let slots = threads.current.slots_of(place, groups)?;
            threads.slots.copy_from_slice(slots);
            threads.follow(&self.program, next, bytes, at + 1, Side::Next, steps)?;
        }
        Some(false)
    }
}

#[derive(Clone, Copy)]
enum Side {
    Current,
    Next,
}

impl Threads {
    fn begin(&mut self, states: usize, groups: usize) {
        self.current.clear();
        self.next.clear();
        self.stack.clear();
        self.slots.clear();
        self.slots.resize(groups, None);
        self.seen.begin(states);
    }

    /// Gives back what the groups of many threads took: there may be many expressions.
    pub(super) fn give_back(&mut self) {
        for slots in [&mut self.current.slots, &mut self.next.slots] {
            if slots.capacity() > KEPT_SLOTS {
                *slots = Vec::new();
            }
        }
    }

    /// Adds the threads that a state leads to without a byte.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "each state of a program counts once, and a program has a size"
    )]
    fn follow(
        &mut self,
        program: &NFA,
        state: StateID,
        bytes: &[u8],
        at: usize,
        side: Side,
        steps: &Steps<'_>,
    ) -> Option<()> {
        let front = match side {
            Side::Current => &mut self.current,
            Side::Next => &mut self.next,
        };
        let mut count = 0;
        self.stack.push(Frame::Follow(state));
        while let Some(frame) = self.stack.pop() {
            let mut state = match frame {
                Frame::Follow(state) => state,
                Frame::Restore(slot, before) => {
                    if let Some(slot) = self.slots.get_mut(slot) {
                        *slot = before;
                    }
                    continue;
                }
            };
            while self.seen.insert(state) {
                count += 1;
                state = match program.state(state) {
                    State::ByteRange { .. }
                    | State::Sparse(_)
                    | State::Dense(_)
                    | State::Match { .. } => {
                        count += self.slots.len() / 8;
                        front.states.push(state);
                        front.slots.extend_from_slice(&self.slots);
                        break;
                    }
                    State::Fail => break,
                    State::Look { look, next } => {
                        if !program.look_matcher().matches(*look, bytes, at) {
                            break;
                        }
                        *next
                    }
                    State::Union { alternates } => {
                        let Some((first, others)) = alternates.split_first() else {
                            break;
                        };
                        count += others.len();
                        let others = others.iter().rev().copied();
                        self.stack.extend(others.map(Frame::Follow));
                        *first
                    }
                    State::BinaryUnion { alt1, alt2 } => {
                        self.stack.push(Frame::Follow(*alt2));
                        *alt1
                    }
                    State::Capture { next, slot, .. } => {
                        let slot = slot.as_usize();
                        if let Some(kept) = self.slots.get_mut(slot) {
                            self.stack.push(Frame::Restore(slot, *kept));
                            *kept = NonMaxUsize::new(at);
                        }
                        *next
                    }
                };
            }
        }
        steps.take(count)
    }
}

impl Front {
    fn clear(&mut self) {
        self.states.clear();
        self.slots.clear();
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "the groups of threads that are in memory one behind the other"
    )]
    fn slots_of(&self, thread: usize, groups: usize) -> Option<&[Slot]> {
        self.slots.get(thread * groups..(thread + 1) * groups)
    }
}

impl Seen {
    fn begin(&mut self, states: usize) {
        self.members.clear();
        self.places.resize(states, 0);
    }

    fn clear(&mut self) {
        self.members.clear();
    }

    /// Adds a state; false where it is there already.
    fn insert(&mut self, state: StateID) -> bool {
        let Some(place) = self.places.get_mut(state.as_usize()) else {
            return false;
        };
        if self.members.get(*place as usize) == Some(&state.as_u32()) {
            return false;
        }
        *place = u32::try_from(self.members.len()).unwrap_or(u32::MAX);
        self.members.push(state.as_u32());
        true
    }
}

/// The first place of a byte that a match can begin with.
fn next_of(first: &[bool; 256], bytes: &[u8]) -> Option<usize> {
    bytes
        .iter()
        .position(|byte| first.get(usize::from(*byte)).copied().unwrap_or_default())
}

/// The bytes that a match can begin with; None where it may be empty, or all of them.
fn first_bytes(program: &NFA) -> Option<[bool; 256]> {
    let mut first = [false; 256];
    let mut seen = Seen::default();
    seen.begin(program.states().len());
    let mut stack = alloc::vec![program.start_anchored()];
    while let Some(state) = stack.pop() {
        if !seen.insert(state) {
            continue;
        }
        let state = program.state(state);
        for byte in 0..=u8::MAX {
            let leads = match state {
                State::ByteRange { trans } => trans.matches_byte(byte),
                State::Sparse(sparse) => sparse.matches_byte(byte).is_some(),
                State::Dense(dense) => dense.matches_byte(byte).is_some(),
                _ => false,
            };
            if let (true, Some(can)) = (leads, first.get_mut(usize::from(byte))) {
                *can = true;
            }
        }
        match state {
            State::Match { .. } => return None,
            State::Look { next, .. } | State::Capture { next, .. } => stack.push(*next),
            State::Union { alternates } => stack.extend_from_slice(alternates),
            State::BinaryUnion { alt1, alt2 } => stack.extend([*alt1, *alt2]),
            _ => {}
        }
    }
    (!first.iter().all(|can| *can)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::steps::asked;
    use proptest::prelude::*;
    use regex_automata::nfa::thompson::pikevm::PikeVM;
    use regex_automata::{Anchored, Input};

    fn ours(program: &NFA, text: &str, from: usize, groups: usize) -> Option<Vec<Slot>> {
        let mut slots = alloc::vec![None; groups];
        let mut threads = Threads::default();
        let machine = Machine::new(program.clone());
        // Twice: what a search leaves in its memory is nothing to the next.
        let (found, _) = asked(|steps| {
            machine.search(&mut threads, text, from, &mut [], steps)?;
            machine.search(&mut threads, text, from, &mut slots, steps)
        });
        found.unwrap().then_some(slots)
    }

    fn theirs(program: &NFA, text: &str, from: usize, groups: usize) -> Option<Vec<Slot>> {
        let machine = PikeVM::new_from_nfa(program.clone()).unwrap();
        let mut slots = alloc::vec![None; groups];
        let input = Input::new(text).range(from..).anchored(Anchored::No);
        machine.search_slots(&mut machine.create_cache(), &input, &mut slots)?;
        Some(slots)
    }

    const TOKENS: [&str; 22] = [
        "a",
        "b",
        ".",
        "\u{e4}",
        "[ab]",
        "[^a]",
        "\\w",
        "(?-u:\\b)",
        "^",
        "$",
        "|",
        "|",
        "(",
        "(",
        ")",
        ")",
        "(?:",
        "*",
        "+",
        "?",
        "*?",
        "{2}",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]
        #[test]
        fn finds_what_another_machine_finds(
            tokens in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..12),
            text in "[ab \u{e4}]{0,12}",
            from in 0_usize..4,
        ) {
            let pattern = tokens.concat();
            if let Ok(program) = NFA::new(&pattern)
                && text.is_char_boundary(from)
                && from <= text.len()
            {
                let groups = 2 * program.group_info().group_len(Default::default());
                let wanted = theirs(&program, &text, from, groups);
                prop_assert_eq!(ours(&program, &text, from, groups), wanted, "{} on {}", pattern, text);
            }
        }
    }
}

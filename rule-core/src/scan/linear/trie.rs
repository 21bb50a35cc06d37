//! The automaton as a tree, with the steps of each state in a list [Aho and Corasick,
//! "Efficient string matching"]: small, and slow where many states have few steps.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::Automaton;
use crate::scan::needles::Needles;
use crate::scan::short;

#[derive(Debug)]
pub(super) struct Trie {
    /// By the first byte, in either case: where its needles begin.
    first: Box<[u32; 256]>,
    states: Vec<State>,
    /// The steps of all states, those of a state together.
    steps: Vec<Step>,
    /// The states in the order of their lengths.
    order: Vec<u32>,
    /// So many bytes the longest needle has.
    pub(super) longest: usize,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State {
    /// Its first step, and how many there are.
    steps: u32,
    count: u32,
    /// The state of the longest shorter beginning.
    pub(super) shorter: u32,
    /// The needle that it is the whole of.
    needle: Option<u32>,
    /// The longest state that is a whole needle and that it ends with; the root for none.
    end: u32,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// In lower case.
    pub(super) byte: u8,
    pub(super) to: u32,
}

impl Trie {
    pub(super) fn new(needles: &Needles) -> Self {
        let mut states = alloc::vec![State::default()];
        let mut children: Vec<Vec<Step>> = alloc::vec![Vec::new()];
        for (index, needle) in (0..).zip(needles.all()) {
            let mut at = Self::ROOT;
            for &byte in &needle.bytes {
                let next = short(states.len());
                let Some(steps) = children.get_mut(at as usize) else {
                    break;
                };
                at = match steps.iter().find(|step| step.byte == byte) {
                    Some(step) => step.to,
                    None => {
                        steps.push(Step { byte, to: next });
                        states.push(State::default());
                        children.push(Vec::new());
                        next
                    }
                };
            }
            if let Some(state) = states.get_mut(at as usize) {
                state.needle = Some(index);
            }
        }
        let lengths = needles.all().iter().map(|needle| needle.bytes.len());
        let mut trie = Trie {
            first: Box::new([Self::ROOT; 256]),
            order: Vec::with_capacity(states.len()),
            states,
            steps: Vec::new(),
            longest: lengths.max().unwrap_or(0),
        };
        for step in children.first().into_iter().flatten() {
            for byte in [step.byte, step.byte.to_ascii_uppercase()] {
                if let Some(first) = trie.first.get_mut(usize::from(byte)) {
                    *first = step.to;
                }
            }
        }
        for (state, steps) in trie.states.iter_mut().zip(&children) {
            state.steps = short(trie.steps.len());
            state.count = short(steps.len());
            trie.steps.extend_from_slice(steps);
        }
        trie.link();
        trie
    }

    /// Finds each state's shorter one and its end; those of the shortest beginnings first.
    fn link(&mut self) {
        let mut queue: VecDeque<(u32, u32)> = VecDeque::from([(Self::ROOT, Self::ROOT)]);
        while let Some((at, shorter)) = queue.pop_front() {
            let end = match self.state(at).needle {
                Some(_) => at,
                None => self.state(shorter).end,
            };
            if let Some(state) = self.states.get_mut(at as usize) {
                (state.shorter, state.end) = (shorter, end);
            }
            self.order.push(at);
            for &Step { byte, to } in self.steps_of(at) {
                let shorter = match at {
                    Self::ROOT => Self::ROOT,
                    _ => self.step(shorter, byte),
                };
                queue.push_back((to, shorter));
            }
        }
    }

    pub(super) fn state(&self, at: u32) -> State {
        self.states.get(at as usize).copied().unwrap_or_default()
    }

    #[expect(clippy::arithmetic_side_effects, reason = "a part of the steps")]
    pub(super) fn steps_of(&self, at: u32) -> &[Step] {
        let State { steps, count, .. } = self.state(at);
        let (from, count) = (steps as usize, count as usize);
        self.steps.get(from..from + count).unwrap_or_default()
    }

    /// All states, the root first, and each behind those that are shorter.
    pub(super) fn order(&self) -> &[u32] {
        &self.order
    }

    /// All steps.
    pub(super) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The state after one more byte, which is in lower case.
    fn step(&self, mut at: u32, byte: u8) -> u32 {
        while at != Self::ROOT {
            if let Some(step) = self.steps_of(at).iter().find(|step| step.byte == byte) {
                return step.to;
            }
            at = self.state(at).shorter;
        }
        let first = self.first.get(usize::from(byte));
        first.copied().unwrap_or(Self::ROOT)
    }
}

impl Automaton for Trie {
    const ROOT: u32 = 0;

    fn next(&self, state: u32, byte: u8) -> u32 {
        self.step(state, byte.to_ascii_lowercase())
    }

    fn is_end(&self, state: u32) -> bool {
        self.state(state).end != Self::ROOT
    }

    fn ends<'a>(&self, trie: &'a Trie, state: u32) -> impl Iterator<Item = usize> + 'a {
        let end = |at: u32| Some(trie.state(at).end).filter(|end| *end != Self::ROOT);
        let ends = core::iter::successors(end(state), move |at| end(trie.state(*at).shorter));
        ends.filter_map(|at| Some(trie.state(at).needle? as usize))
    }
}

//! The search that takes the same time for every input: where the quick ones would have
//! to look at too many places.
//!
//! An automaton over all needles, whose state is the longest of their beginnings that the
//! bytes so far end with [Aho and Corasick, "Efficient string matching"].

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use super::look::{Ended, Look};
use super::needles::{Kind, Needles};

#[derive(Debug)]
pub(super) struct Linear {
    /// By the first byte, in either case: where its needles begin.
    first: Box<[u32; 256]>,
    states: Vec<State>,
    /// The steps of all states, those of a state together.
    steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Its first step, and how many there are.
    steps: u32,
    count: u32,
    /// The state of the longest shorter beginning.
    shorter: u32,
    /// A needle ends here.
    end: Option<Kind>,
}

#[derive(Clone, Copy, Debug)]
struct Step {
    byte: u8,
    to: u32,
}

const ROOT: u32 = 0;

impl Linear {
    pub(super) fn new(needles: &Needles) -> Self {
        let mut states = alloc::vec![State::default()];
        let mut children: Vec<Vec<Step>> = alloc::vec![Vec::new()];
        for needle in needles.all() {
            let mut at = ROOT;
            for &byte in &needle.bytes {
                let next = states.len() as u32;
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
                state.end = Some(needle.kind);
            }
        }
        let mut linear = Linear {
            first: Box::new([ROOT; 256]),
            states,
            steps: Vec::new(),
        };
        for step in children.first().into_iter().flatten() {
            for byte in [step.byte, step.byte.to_ascii_uppercase()] {
                if let Some(first) = linear.first.get_mut(usize::from(byte)) {
                    *first = step.to;
                }
            }
        }
        for (state, steps) in linear.states.iter_mut().zip(&children) {
            state.steps = linear.steps.len() as u32;
            state.count = steps.len() as u32;
            linear.steps.extend_from_slice(steps);
        }
        linear.link();
        linear
    }

    /// Finds each state's shorter one; those of the shortest beginnings first.
    fn link(&mut self) {
        let mut queue: VecDeque<u32> = self.steps_of(ROOT).iter().map(|step| step.to).collect();
        while let Some(at) = queue.pop_front() {
            let shorter = self.state(at).shorter;
            for Step { byte, to } in self.steps_of(at).to_vec() {
                let target = self.next(shorter, byte);
                let end = self.state(target).end;
                if let Some(state) = self.states.get_mut(to as usize) {
                    state.shorter = target;
                    state.end = state.end.or(end);
                }
                queue.push_back(to);
            }
        }
    }

    fn state(&self, at: u32) -> State {
        self.states.get(at as usize).copied().unwrap_or_default()
    }

    fn steps_of(&self, at: u32) -> &[Step] {
        let State { steps, count, .. } = self.state(at);
        let (from, count) = (steps as usize, count as usize);
        self.steps.get(from..from + count).unwrap_or_default()
    }

    /// The state after one more byte, which is in lower case.
    fn next(&self, mut at: u32, byte: u8) -> u32 {
        while at != ROOT {
            if let Some(step) = self.steps_of(at).iter().find(|step| step.byte == byte) {
                return step.to;
            }
            at = self.state(at).shorter;
        }
        self.first.get(usize::from(byte)).copied().unwrap_or(ROOT)
    }

    /// Looks at each byte once.
    pub(super) fn look<L: Look>(&self, needles: &Needles, bytes: &[u8], look: &mut L) -> Ended {
        let mut state = ROOT;
        let mut at = look.start();
        while let Some(&byte) = bytes.get(at) {
            if L::LINES && byte == b'\n' && !look.line_break(bytes, at) {
                return Ended::Stopped;
            }
            state = self.next(state, byte.to_ascii_lowercase());
            at += 1;
            let hides = || needles.hides(bytes.get(at..).unwrap_or_default());
            match self.state(state).end {
                None => {}
                Some(Kind::Escape) if !hides() => {}
                Some(_) => return Ended::Found,
            }
        }
        Ended::Through
    }
}

//! The search without vectors: line after line, first for texts, then for what could hide
//! one.

use alloc::vec::Vec;

use memchr::memchr;

use super::budget::Budget;
use super::hidden::Hidden;
use super::jumps::Jumps;
use super::linear::Linear;
use super::look::{Ended, Look};
use super::needles::{FEW, Needles};
use super::runs::Runs;
use super::stop::Stop;

#[derive(Debug)]
pub(super) struct LineByLine {
    texts: Texts,
    hidden: Hidden,
}

#[derive(Debug)]
enum Texts {
    Few(Jumps),
    Many(Runs),
}

impl LineByLine {
    pub(super) fn new(needles: &Needles) -> Self {
        let all: Vec<usize> = needles.texts().map(|(index, _)| index).collect();
        let texts = match all.len() {
            0..=FEW => Texts::Few(Jumps::new(needles)),
            _ => Texts::Many(Runs::new(needles, &all)),
        };
        LineByLine {
            texts,
            hidden: Hidden::new(needles),
        }
    }

    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a place in the bytes, of a line that is there"
    )]
    pub(super) fn look<L: Look>(
        &self,
        needles: &Needles,
        linear: &Linear,
        bytes: &[u8],
        look: &mut L,
    ) -> Ended {
        let mut budget = match &self.texts {
            Texts::Few(_) => Jumps::budget(linear),
            Texts::Many(_) => Runs::budget(linear),
        };
        if !L::LINES {
            return self.record(needles, bytes, &mut budget, look);
        }
        loop {
            let start = look.start();
            let rest = bytes.get(start..).unwrap_or_default();
            let Some(length) = memchr(b'\n', rest) else {
                return Ended::Through;
            };
            let line = rest.get(..length).unwrap_or_default();
            budget.start = start;
            match self.record(needles, line, &mut budget, look) {
                Ended::Through if look.line_break(bytes, start + length) => {}
                Ended::Through => return Ended::Stopped,
                other => return other,
            }
        }
    }

    fn record<L: Look>(
        &self,
        needles: &Needles,
        record: &[u8],
        budget: &mut Budget,
        look: &mut L,
    ) -> Ended {
        let texts: Result<(), Stop> = match &self.texts {
            Texts::Few(jumps) => jumps.look(needles, record, budget, look),
            Texts::Many(runs) => runs.look(needles, record, 0..record.len(), budget, look),
        };
        match texts {
            Err(stop) => stop.into(),
            Ok(()) if self.hidden.is_in(needles, record) => Ended::Found,
            Ok(()) => Ended::Through,
        }
    }
}

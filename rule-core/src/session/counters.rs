//! What a session counts.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::alert::Kind;
use crate::snapshot::{Damaged, Reader, Writer};

/// What was read, matched and left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Bytes pushed.
    pub bytes: u64,
    /// Records, the malformed ones among them.
    pub records: u64,
    /// Records that were decoded to see whether they match.
    pub candidates: u64,
    /// Events that a rule counted or collected, for each rule: those of all rows
    /// that are given.
    pub matches: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Records with bytes that are no UTF-8; each such byte was read as U+FFFD.
    pub invalid_utf8: u64,
    /// Matching events that came after the last of their windows had closed.
    pub late: u64,
    /// Events from further ahead of the clock than `limits.future`.
    pub future: u64,
    /// Matching events in a gap of their rule's schedule.
    pub outside: u64,
    /// Matching events without a time, where the schedule needs one.
    pub no_time: u64,
    /// Combinations of by-values left out, of events with too many, or whose groups would
    /// take too much.
    pub combinations: u64,
    /// Fields left out, of events with more than 1,000 where a search wants all; values
    /// left out, of fields with too many, and of paths too long to be read that a search
    /// may want.
    pub fields: u64,
    /// Rows, columns and values left out, where a command would make too much of
    /// what it was given.
    pub expanded: u64,
    /// Groups in open windows.
    pub groups: u64,
    /// Alerts given, those that wait among them.
    pub alerts: u64,
    /// Of these, alerts of groups that had to make room.
    pub partial: u64,
    /// Of these, alerts of rows before their window closed.
    pub early: u64,
    /// Of these, alerts of rows that late events changed.
    pub amended: u64,
    /// Times told that were before the last one.
    pub clock_back: u64,
    /// The first malformed records.
    pub malformed_samples: Vec<MalformedSample>,
}

/// A malformed record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MalformedSample {
    /// The input that it is in.
    pub input: String,
    /// Where it begins, in bytes of the input's text.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: String,
    /// Its first bytes.
    pub text: String,
}

/// How many malformed records are kept, and how much of each.
const KEPT: usize = 10;
const KEPT_BYTES: usize = 200;

/// Adds to a counter. At its end it stays, for a host or a state may have brought it near.
pub(super) fn count(counter: &mut u64, more: u64) {
    *counter = counter.saturating_add(more);
}

impl Counters {
    /// The alerts that are given, by their kind.
    pub(super) fn add_bytes(&mut self, length: usize) {
        count(&mut self.bytes, length as u64);
    }

    pub(super) fn alert(&mut self, kind: Kind) {
        count(&mut self.alerts, 1);
        match kind {
            Kind::Partial => count(&mut self.partial, 1),
            Kind::Early => count(&mut self.early, 1),
            Kind::Amended => count(&mut self.amended, 1),
            Kind::Final | Kind::Late => {}
        }
    }

    /// Adds what another part of the input counted.
    pub(super) fn merge(&mut self, other: &Counters) {
        for (own, more) in self.numbers().into_iter().zip(other.clone().numbers()) {
            *own = own.saturating_add(*more);
        }
        let room = KEPT.saturating_sub(self.malformed_samples.len());
        let more = other.malformed_samples.iter().take(room).cloned();
        self.malformed_samples.extend(more);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        for number in self.clone().numbers() {
            writer.number(*number);
        }
        writer.list(self.malformed_samples.iter(), |writer, sample| {
            writer.text(&sample.input);
            writer.number(sample.offset);
            writer.text(&sample.reason);
            writer.text(&sample.text);
        });
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let mut counters = Counters::default();
        for number in counters.numbers() {
            *number = reader.number()?;
        }
        counters.malformed_samples = reader.list(|reader| {
            Ok(MalformedSample {
                input: reader.string()?,
                offset: reader.number()?,
                reason: reader.string()?,
                text: reader.string()?,
            })
        })?;
        match counters.malformed_samples.len() <= KEPT {
            true => Ok(counters),
            false => Err(Damaged),
        }
    }

    /// All numbers that are counted; those that are looked up are not.
    fn numbers(&mut self) -> [&mut u64; 18] {
        [
            &mut self.bytes,
            &mut self.records,
            &mut self.candidates,
            &mut self.matches,
            &mut self.malformed,
            &mut self.invalid_utf8,
            &mut self.late,
            &mut self.future,
            &mut self.outside,
            &mut self.no_time,
            &mut self.combinations,
            &mut self.fields,
            &mut self.expanded,
            &mut self.alerts,
            &mut self.partial,
            &mut self.early,
            &mut self.amended,
            &mut self.clock_back,
        ]
    }

    pub(super) fn malformed(&mut self, input: &str, offset: u64, reason: String, bytes: &[u8]) {
        count(&mut self.malformed, 1);
        if self.malformed_samples.len() < KEPT {
            let first = bytes.get(..KEPT_BYTES).unwrap_or(bytes);
            self.malformed_samples.push(MalformedSample {
                input: String::from(input),
                offset,
                reason,
                text: String::from_utf8_lossy(first).into_owned(),
            });
        }
    }
}

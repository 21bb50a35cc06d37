//! What a session counts.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

/// What was read, matched and left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Bytes pushed.
    pub bytes: u64,
    /// Records, the malformed ones among them.
    pub records: u64,
    /// Records that were decoded to see whether they match.
    pub candidates: u64,
    /// Events that a rule counted or collected, for each rule.
    pub matches: u64,
    /// Records that could not be read.
    pub malformed: u64,
    /// Records with bytes that are no UTF-8; each such byte was read as U+FFFD.
    pub invalid_utf8: u64,
    /// Matching events that came after their window had closed.
    pub late: u64,
    /// Events from further ahead of the clock than `limits.future`.
    pub future: u64,
    /// Matching events in a gap of their rule's schedule.
    pub outside: u64,
    /// Matching events without a time, where the schedule needs one.
    pub no_time: u64,
    /// Combinations of by-values left out, of events with too many.
    pub combinations: u64,
    /// Fields left out, of events with more than 1,000 where a search wants all.
    pub fields: u64,
    /// Matching events that found no room.
    pub overflow: u64,
    /// Groups in open windows.
    pub groups: u64,
    /// Alerts given, those that wait among them.
    pub alerts: u64,
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

impl Counters {
    pub(super) fn malformed(&mut self, input: &str, offset: u64, reason: String, bytes: &[u8]) {
        self.malformed = self.malformed.saturating_add(1);
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

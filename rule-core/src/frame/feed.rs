//! The bytes of one push beside what is held from before it.
//!
//! A scanner speaks of records by offsets alone. The feed knows where the bytes
//! are: in the push, where they are borrowed, or held from earlier ones, where
//! the rest is added first. It also applies the limit, by offsets and not by
//! what happens to be held, so that a record is too long or not whatever the
//! split of the bytes.
//!
//! INVARIANT: of a record that begins before this push, `held` has the first
//! bytes: all of those before this push while they are within the limit, else at
//! least as many as a sample has.

use alloc::vec::Vec;

use super::{Frame, Reason, RecordKind, SAMPLE_BYTES, Sink, append_within, is_blank};
use crate::snapshot::{Damaged, Reader, Writer};

/// A buffer larger than this is given back once its record is complete.
const KEPT_CAPACITY: usize = 64 << 10;

/// The first bytes of the unfinished record.
#[derive(Clone, Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
}

impl Held {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.bytes);
    }

    /// Reads what is held of `keep`, where a record had `max` at the most.
    pub(super) fn read(reader: &mut Reader<'_>, keep: Keep, max: usize) -> Result<Self, Damaged> {
        let bytes = reader.bytes()?;
        if bytes.len() != keep.length(max) {
            return Err(Damaged);
        }
        Ok(Self {
            bytes: bytes.to_vec(),
        })
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Adds bytes, of which there are `max` at the most.
    pub(super) fn hold_all(&mut self, bytes: &[u8], max: usize) {
        append_within(&mut self.bytes, bytes, max);
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        if self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes = Vec::new();
        }
    }

    pub(super) fn cut(&mut self, len: usize) {
        self.bytes.truncate(len);
        if self.bytes.capacity() > KEPT_CAPACITY {
            self.bytes.shrink_to_fit();
        }
    }
}

/// What a scanner needs to be held from one push to the next. It follows from
/// the scanner's own state, so a snapshot in which something else is held is
/// damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Nothing,
    /// A record that began at `start`; up to `end`, as the scanner itself has
    /// what follows.
    Record {
        start: u64,
        end: u64,
    },
    /// As much from `start` on as a sample has.
    Sample {
        start: u64,
        end: u64,
    },
}

impl Keep {
    /// How many bytes are held, where a record has `max` at the most.
    pub(super) fn length(self, max: usize) -> usize {
        match self {
            Keep::Nothing => 0,
            Keep::Record { start, end } => match length(start, end) {
                Some(len) if len <= max => len,
                _ => sample(max),
            },
            Keep::Sample { start, end } => {
                length(start, end).map_or(sample(max), |len| len.min(sample(max)))
            }
        }
    }
}

/// The bytes of a push, and where frames go.
pub(super) struct Feed<'f> {
    bytes: &'f [u8],
    base: u64,
    held: &'f mut Held,
    max: usize,
    sink: &'f mut dyn Sink,
}

impl<'f> Feed<'f> {
    pub(super) fn new(
        bytes: &'f [u8],
        base: u64,
        held: &'f mut Held,
        max: usize,
        sink: &'f mut dyn Sink,
    ) -> Self {
        Self {
            bytes,
            base,
            held,
            max,
            sink,
        }
    }

    /// The bytes of this push.
    pub(super) fn bytes(&self) -> &'f [u8] {
        self.bytes
    }

    /// The offset in the input of the byte at `at` of this push.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "a text begins at 2^62 at the most, a state goes on at 2^63, and no input has \
                  as many bytes again"
    )]
    pub(super) fn offset(&self, at: usize) -> u64 {
        self.base + at as u64
    }

    /// The offset behind the last byte of this push.
    pub(super) fn end(&self) -> u64 {
        self.offset(self.bytes.len())
    }

    /// Gives the record at `start..end`, without line breaks at its end.
    pub(super) fn record(&mut self, kind: RecordKind, start: u64, end: u64) {
        let Some(len) = length(start, end).filter(|&len| len <= self.max) else {
            return self.malformed(Reason::TooLong, start, end);
        };
        let mut bytes = find(self.bytes, self.base, self.held, self.max, start, len);
        while let [before @ .., b'\r' | b'\n'] = bytes {
            bytes = before;
        }
        self.sink.frame(Frame::Record {
            kind,
            bytes,
            offset: start,
        });
        self.held.clear();
    }

    /// Gives `start..end` as malformed, for `reason` unless it is too long.
    pub(super) fn malformed(&mut self, reason: Reason, start: u64, end: u64) {
        let len = length(start, end).filter(|&len| len <= self.max);
        let reason = if len.is_some() {
            reason
        } else {
            Reason::TooLong
        };
        self.skipped(reason, start, end);
    }

    /// Gives `start..end` as malformed, however long it is.
    pub(super) fn skipped(&mut self, reason: Reason, start: u64, end: u64) {
        let len = length(start, end).map_or(self.sample(), |len| len.min(self.sample()));
        let mut bytes = find(self.bytes, self.base, self.held, self.max, start, len);
        while let [before @ .., last] = bytes
            && is_blank(*last)
        {
            bytes = before;
        }
        self.sink.frame(Frame::Malformed {
            reason,
            bytes,
            offset: start,
        });
        self.held.clear();
    }

    /// At the end of a push: holds what is to be kept, and nothing else.
    pub(super) fn keep(&mut self, keep: Keep) {
        match keep {
            Keep::Nothing => self.held.clear(),
            Keep::Record { start, .. } | Keep::Sample { start, .. } => {
                self.hold(start, keep.length(self.max));
            }
        }
    }

    /// Begins what is held anew, at `start`. `ahead` is what the scanner has of
    /// the bytes from there on.
    pub(super) fn restart(&mut self, start: u64, ahead: &[u8]) {
        self.held.clear();
        let before = length(start, self.base).unwrap_or(0);
        self.held
            .bytes
            .extend_from_slice(ahead.get(..before).unwrap_or(ahead));
    }

    /// Adds what the scanner had ahead, from offset `from` on, to the held
    /// record that began at `start`.
    pub(super) fn join(&mut self, start: u64, from: u64, ahead: &[u8]) {
        let before = length(from, self.base).unwrap_or(0);
        let ahead = ahead.get(..before).unwrap_or(ahead);
        match length(start, self.base) {
            Some(len) if len <= self.max => append_within(&mut self.held.bytes, ahead, self.max),
            _ => {
                let room = self.sample().saturating_sub(self.held.bytes.len());
                let ahead = ahead.get(..room).unwrap_or(ahead);
                // Beyond a sample nothing is read of a record that is too long,
                // so a gap behind it does no harm.
                self.held.bytes.extend_from_slice(ahead);
                self.held.cut(self.sample());
            }
        }
    }

    fn hold(&mut self, start: u64, limit: usize) {
        let from = match start.checked_sub(self.base) {
            Some(from) => {
                self.held.clear();
                usize::try_from(from).unwrap_or(usize::MAX)
            }
            None => 0,
        };
        let missing = limit.saturating_sub(self.held.bytes.len());
        let rest = self.bytes.get(from..).unwrap_or_default();
        let more = rest.get(..missing).unwrap_or(rest);
        append_within(&mut self.held.bytes, more, self.max);
        self.held.cut(limit);
    }

    fn sample(&self) -> usize {
        sample(self.max)
    }
}

/// The bytes that a sample has, where a record has `max` at the most.
fn sample(max: usize) -> usize {
    SAMPLE_BYTES.min(max)
}

/// The length of `start..end`: 0 where `end` is not behind `start`, none where
/// no buffer could be so long.
fn length(start: u64, end: u64) -> Option<usize> {
    usize::try_from(end.saturating_sub(start)).ok()
}

/// `len` bytes from `start` on, joined with what is held where they began
/// before the push.
fn find<'b>(
    bytes: &'b [u8],
    base: u64,
    held: &'b mut Held,
    max: usize,
    start: u64,
    len: usize,
) -> &'b [u8] {
    match start.checked_sub(base) {
        Some(from) => {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let rest = bytes.get(from..).unwrap_or_default();
            rest.get(..len).unwrap_or(rest)
        }
        None => {
            let missing = len.saturating_sub(held.bytes.len());
            let more = bytes.get(..missing).unwrap_or(bytes);
            append_within(&mut held.bytes, more, max);
            held.bytes.get(..len).unwrap_or(&held.bytes)
        }
    }
}

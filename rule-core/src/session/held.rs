//! Frames that wait until there is room for the alerts that they may bring.

use alloc::vec::Vec;

use crate::frame::{Frame, Reason, RecordKind};
use crate::snapshot::{Damaged, Reader, Writer};

/// A frame that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) frame: HeldFrame,
    pub(super) progress: Progress,
}

/// How far a record has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) clocked: Clocked,
    /// How many rules have taken it.
    pub(super) rules: usize,
}

/// Does the clock know of a record? Where it does, the counters do too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clocked {
    /// Not yet.
    No,
    /// By the time of its event.
    Yes,
    /// By a time that is not its event's.
    Apart,
}

/// A frame of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldFrame {
    what: What,
    bytes: Vec<u8>,
    offset: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Record(RecordKind),
    Malformed(Reason),
}

impl Held {
    pub(super) fn of(frame: Frame<'_>) -> Self {
        let (what, bytes, offset) = match frame {
            Frame::Record {
                kind,
                bytes,
                offset,
            } => (What::Record(kind), bytes, offset),
            Frame::Malformed {
                reason,
                bytes,
                offset,
            } => (What::Malformed(reason), bytes, offset),
        };
        Held {
            frame: HeldFrame {
                what,
                bytes: bytes.to_vec(),
                offset,
            },
            progress: Progress::new(Clocked::No),
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self.frame.what {
            What::Record(kind) => {
                writer.byte(0);
                kind.write(writer);
            }
            What::Malformed(reason) => {
                writer.byte(1);
                reason.write(writer);
            }
        }
        writer.bytes(&self.frame.bytes);
        writer.number(self.frame.offset);
        self.progress.write(writer);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let what = match reader.byte()? {
            0 => What::Record(RecordKind::read(reader)?),
            1 => What::Malformed(Reason::read(reader)?),
            _ => return Err(Damaged),
        };
        let held = Held {
            frame: HeldFrame {
                what,
                bytes: reader.bytes()?.to_vec(),
                offset: reader.number()?,
            },
            progress: Progress::read(reader)?,
        };
        let is_record = matches!(held.frame.what, What::Record(_));
        match is_record || held.progress.clocked == Clocked::No {
            true => Ok(held),
            false => Err(Damaged),
        }
    }
}

impl Progress {
    pub(super) fn new(clocked: Clocked) -> Self {
        Progress { clocked, rules: 0 }
    }

    fn write(self, writer: &mut Writer) {
        match (self.clocked, self.rules) {
            (Clocked::No, _) => writer.byte(0),
            (Clocked::Yes, 0) => writer.byte(1),
            (Clocked::Yes, rules) => {
                writer.byte(2);
                writer.number(rules as u64);
            }
            (Clocked::Apart, rules) => {
                writer.byte(3);
                writer.number(rules as u64);
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let (clocked, rules) = match reader.byte()? {
            0 => (Clocked::No, 0),
            1 => (Clocked::Yes, 0),
            2 => (Clocked::Yes, reader.count()?),
            3 => (Clocked::Apart, reader.count()?),
            _ => return Err(Damaged),
        };
        Ok(Progress { clocked, rules })
    }
}

impl HeldFrame {
    pub(super) fn record(kind: RecordKind, bytes: &[u8], offset: u64) -> Self {
        HeldFrame {
            what: What::Record(kind),
            bytes: bytes.to_vec(),
            offset,
        }
    }

    pub(super) fn as_frame(&self) -> Frame<'_> {
        let (bytes, offset) = (self.bytes.as_slice(), self.offset);
        match self.what {
            What::Record(kind) => Frame::Record {
                kind,
                bytes,
                offset,
            },
            What::Malformed(reason) => Frame::Malformed {
                reason,
                bytes,
                offset,
            },
        }
    }
}

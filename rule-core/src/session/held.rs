//! Frames that wait until there is room for the alerts that they may bring.

use alloc::vec::Vec;

use crate::frame::{Frame, Reason, RecordKind};
use crate::snapshot::{Damaged, Reader, Writer};

/// A frame that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) frame: HeldFrame,
    /// The clock and the counters know of it.
    pub(super) timed: bool,
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
            timed: false,
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
        writer.flag(self.timed);
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let what = match reader.byte()? {
            0 => What::Record(RecordKind::read(reader)?),
            1 => What::Malformed(Reason::read(reader)?),
            _ => return Err(Damaged),
        };
        Ok(Held {
            frame: HeldFrame {
                what,
                bytes: reader.bytes()?.to_vec(),
                offset: reader.number()?,
            },
            timed: reader.flag()?,
        })
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

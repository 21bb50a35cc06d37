//! The id of a finding: the same from every host, run and shard.

use core::fmt::{self, Write};

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::rows::Row;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::window::Bounds;

/// The id of a finding: 16 bytes, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id([u8; 16]);

impl Id {
    /// The first 16 bytes of the SHA-256 over the rule's id, the window's start and
    /// end as RFC 3339 (empty texts without a window), and the by-values of the
    /// last `stats` (without one, the row as JSON). Before each part stands its
    /// length in bytes, as 8 bytes, the least significant first.
    #[must_use]
    pub fn of(rule: &str, window: Bounds, row: &Row) -> Self {
        let mut hash = Sha256::new();
        let mut part = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        part(rule);
        match window {
            Bounds::Run { start, end, .. } => {
                for seconds in [start, end] {
                    part(&alloc::format!("{}", Time::from_seconds(seconds).rfc3339()));
                }
            }
            Bounds::All => {
                part("");
                part("");
            }
        }
        match &row.identity.by {
            Some(values) => values.iter().for_each(|value| part(value)),
            None => part(&serde_json::to_string(row).unwrap_or_default()),
        }
        let whole: [u8; 32] = hash.finalize().into();
        let (first, _) = whole.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Id(*first)
    }

    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        writer.raw(&self.0);
    }

    /// Reads one.
    ///
    /// # Errors
    /// Where fewer bytes are left than it has.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let bytes = reader.raw(16)?;
        bytes.try_into().map(Id).map_err(|_| Damaged)
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = alloc::string::String::with_capacity(32);
        // Writing to a String cannot fail.
        let _ = write!(text, "{self}");
        serializer.serialize_str(&text)
    }
}

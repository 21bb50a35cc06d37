//! The id of a finding: the same from every host, run and shard.

use core::fmt;

use alloc::string::String;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::rows::Row;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::window::Bounds;

/// The id of a finding: 16 bytes, shown as 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id([u8; 16]);

/// The ids of the findings of one rule in one window.
#[derive(Clone, Debug)]
pub struct Ids(Sha256);

impl Ids {
    /// Those of a rule in a window.
    #[must_use]
    pub fn of(rule: &str, window: Bounds) -> Self {
        let mut hash = Sha256::new();
        part(&mut hash, rule);
        match window {
            Bounds::Run { start, end, .. } => {
                for seconds in [start, end] {
                    let text = Time::from_seconds(seconds).rfc3339();
                    part(&mut hash, &alloc::format!("{text}"));
                }
            }
            Bounds::All => {
                part(&mut hash, "");
                part(&mut hash, "");
            }
        }
        Ids(hash)
    }

    /// The id of a row.
    #[must_use]
    pub fn row(&self, row: &Row) -> Id {
        let mut hash = self.0.clone();
        match &row.identity.by {
            Some(values) => values.iter().for_each(|value| part(&mut hash, value)),
            None => part(&mut hash, &serde_json::to_string(row).unwrap_or_default()),
        }
        let whole: [u8; 32] = hash.finalize().into();
        let (first, _) = whole.split_first_chunk().unwrap_or((&[0; 16], &[]));
        Id(*first)
    }
}

fn part(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}

impl Id {
    /// The first 16 bytes of the SHA-256 over the rule's id, the window's start and
    /// end as RFC 3339 (empty texts without a window), and the by-values of the
    /// last `stats` (without one, the row as JSON). Before each part stands its
    /// length in bytes, as 8 bytes, the least significant first.
    #[must_use]
    pub fn of(rule: &str, window: Bounds, row: &Row) -> Self {
        Ids::of(rule, window).row(row)
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

impl Id {
    fn text(self) -> String {
        let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
        let digits = self.0.into_iter().flat_map(|byte| [byte >> 4, byte & 0x0f]);
        digits.map(digit).collect()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text())
    }
}

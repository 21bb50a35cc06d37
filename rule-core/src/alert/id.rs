//! The id of a finding: the same from every host, run and shard.

use alloc::string::String;
use core::fmt::Write;

use sha2::{Digest, Sha256};

use crate::rows::Row;

/// The first 16 bytes of the SHA-256, in hexadecimal, over the rule's id, the
/// window's start and end as RFC 3339 (empty texts without a window), and the
/// by-values of the last `stats` (without one, the row as JSON). Before each part
/// stands its length in bytes, as 8 bytes, the least significant first.
pub(super) fn of(rule: &str, window: Option<(&str, &str)>, row: &Row) -> String {
    let mut hash = Sha256::new();
    let mut part = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    part(rule);
    let (start, end) = window.unwrap_or_default();
    part(start);
    part(end);
    match &row.identity.by {
        Some(values) => values.iter().for_each(|value| part(value)),
        None => part(&serde_json::to_string(row).unwrap_or_default()),
    }
    let mut id = String::with_capacity(32);
    for byte in hash.finalize().iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

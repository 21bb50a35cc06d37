//! How far a command may make more of rows than there was.

use core::cell::Cell;

use super::command::Command;
use super::row::Row;

/// How many times the bytes of its rows a command may make of them.
const MOST_TIMES: usize = 4;

/// What few and small rows may become, in bytes.
const LEAST: usize = 1 << 20;

/// The bytes that rows may come to take on their way through commands that make more of
/// them, where they take so many before.
#[must_use]
pub fn to_come(commands: &[Command], bytes: usize) -> usize {
    let expanding = commands.iter().filter(|command| command.expands());
    expanding.fold(bytes, |bytes, _| {
        bytes
            .saturating_mul(MOST_TIMES)
            .max(LEAST)
            .saturating_add(bytes)
    })
}

/// The bytes that a command may still make of the rows that it was given.
///
/// `mvexpand` of long lists makes as many rows as there are values, and
/// `eventstats values(x)` a list in each row: in both the square of what there was.
/// What there is no room for is left out and counted, as Splunk leaves it out at a
/// limit of its own [limits.conf, "max_mem_usage_mb"].
pub(super) struct Room<'c> {
    bytes: usize,
    left_out: &'c Cell<u64>,
}

impl<'c> Room<'c> {
    pub(super) fn of(rows: &[Row], left_out: &'c Cell<u64>) -> Self {
        let bytes: usize = rows.iter().map(Row::bytes).sum();
        Room {
            bytes: bytes.saturating_mul(MOST_TIMES).max(LEAST),
            left_out,
        }
    }

    /// Is there room for so many bytes? They are taken; or counted as left out.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        match self.bytes.checked_sub(bytes) {
            Some(rest) => {
                self.bytes = rest;
                true
            }
            None => {
                self.left_out.set(self.left_out.get().saturating_add(1));
                false
            }
        }
    }
}

//! How far commands may make more of rows than there was.

use super::command::{Command, Context};
use super::row::Row;

/// How many times the bytes of the rows that they were given commands may make of them,
/// all together.
const MOST_TIMES: usize = 4;

/// What few and small rows may become, in bytes.
const LEAST: usize = 1 << 20;

/// The bytes that rows may come to take on their way through commands, where they take so
/// many before: those that a command makes stand beside those that it was given.
#[must_use]
pub fn to_come(commands: &[Command], bytes: usize) -> usize {
    match commands.iter().any(Command::expands) {
        true => most(bytes).saturating_mul(2),
        false => bytes,
    }
}

/// The bytes that rows may take after any of the commands; 0 where none makes more of them.
#[must_use]
pub fn most_of(commands: &[Command], rows: &[Row]) -> usize {
    match commands.iter().any(Command::expands) {
        true => most(rows.iter().map(Row::bytes).sum()),
        false => 0,
    }
}

fn most(bytes: usize) -> usize {
    bytes.saturating_mul(MOST_TIMES).max(LEAST)
}

/// The bytes that a command may still make of the rows that it was given.
///
/// `mvexpand` of long lists makes as many rows as there are values, and
/// `eventstats values(x)` a list in each row: in both the square of what there was.
/// What there is no room for is left out and counted, as Splunk leaves it out at a
/// limit of its own [limits.conf, "max_mem_usage_mb"].
pub(super) struct Room<'c> {
    bytes: usize,
    context: &'c Context<'c>,
}

impl<'c> Room<'c> {
    pub(super) fn of(rows: &[Row], context: &'c Context<'c>) -> Self {
        let bytes: usize = rows.iter().map(Row::bytes).sum();
        Room {
            bytes: context.most.saturating_sub(bytes),
            context,
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
                self.context.leave_out(1);
                false
            }
        }
    }
}

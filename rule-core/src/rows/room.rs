//! How far commands may make more of rows than there was.

use super::command::{Command, Context};
use super::row::{Row, column_bytes};
use crate::value::Value;

/// How many times the bytes of the rows that they were given commands may make of them,
/// all together.
const MOST_TIMES: usize = 4;

/// What few and small rows may become, in bytes.
const LEAST: usize = 1 << 20;

/// As many columns of `eval` have room of their own, each as much as the rows take.
const MOST_COLUMNS: usize = 32;

/// The bytes that rows may come to take on their way through commands, where they take so
/// many before, and `eval` makes so many columns: those that a command makes stand beside
/// those that it was given.
#[must_use]
pub fn to_come(commands: &[Command], bytes: usize, columns: usize) -> usize {
    match growth(commands) {
        Growth::None => bytes,
        Growth::Columns => most(Growth::Columns, bytes, columns),
        Growth::Rows => most(Growth::Rows, bytes, columns).saturating_mul(2),
    }
}

/// The bytes that rows may take after any of the commands; 0 where none makes more of them.
#[must_use]
pub fn most_of(commands: &[Command], rows: &[Row], columns: usize) -> usize {
    match growth(commands) {
        Growth::None => 0,
        growth => most(growth, rows.iter().map(Row::bytes).sum(), columns),
    }
}

fn most(growth: Growth, bytes: usize, columns: usize) -> usize {
    let columns = columns.min(MOST_COLUMNS);
    match growth {
        Growth::None => bytes,
        Growth::Columns => bytes
            .saturating_mul(columns.saturating_add(2))
            .max(bytes.saturating_add(LEAST)),
        Growth::Rows => bytes
            .saturating_mul(columns.saturating_add(MOST_TIMES))
            .max(LEAST),
    }
}

/// What commands make more of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Growth {
    None,
    /// Columns and values of rows.
    Columns,
    /// Rows too, and values beside those that they are made of.
    Rows,
}

fn growth(commands: &[Command]) -> Growth {
    if commands.iter().any(Command::expands) {
        Growth::Rows
    } else if commands.iter().any(Command::grows) {
        Growth::Columns
    } else {
        Growth::None
    }
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

    /// Sets a column of a row, where there is room for it; false where not: then it stays
    /// as it is.
    pub(super) fn set(&mut self, row: &mut Row, name: &str, value: Value) -> bool {
        let before = match row.get(name) {
            Value::Null => 0,
            value => column_bytes(name, value),
        };
        let after = column_bytes(name, &value);
        let fits = match after.checked_sub(before) {
            Some(more) => self.take(more),
            None => {
                let less = before.saturating_sub(after);
                self.bytes = self.bytes.saturating_add(less);
                true
            }
        };
        if fits {
            row.set(name, value);
        }
        fits
    }

    /// The bytes that there is room for.
    pub(super) fn left(&self) -> usize {
        self.bytes
    }

    /// Is there room for so many bytes? Where not, that is counted.
    pub(super) fn fits(&self, bytes: usize) -> bool {
        let fits = bytes <= self.bytes;
        if !fits {
            self.context.leave_out(1);
        }
        fits
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

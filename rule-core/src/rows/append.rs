//! `appendpipe`: behind the rows what a pipeline makes of them.

use alloc::vec::Vec;

use super::command::{Command, Context};
use super::room::Room;
use super::row::Row;

/// Runs the commands over a copy of the rows, and puts behind them what comes of it, as
/// far as there is room for it [Search Reference, "appendpipe"].
pub(super) fn appendpipe(
    commands: &[Command],
    mut rows: Vec<Row>,
    context: &Context<'_>,
) -> Vec<Row> {
    let mut room = Room::of(&rows, context);
    let copied = rows.iter().filter(|row| room.take(row.bytes()));
    let copied: Vec<Row> = copied.cloned().collect();
    let made = commands
        .iter()
        .fold(copied, |rows, command| command.apply(rows, context));
    rows.extend(made);
    rows
}

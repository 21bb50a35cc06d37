//! `appendpipe`: behind the rows what a pipeline makes of them.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::command::{Command, Context};
use super::room::Room;
use super::row::Row;

/// `appendpipe [stats sum(x) as x]` [Search Reference, "appendpipe"].
#[derive(Clone, Debug)]
pub struct AppendPipe {
    /// What is done to a copy of the rows.
    pub commands: Vec<Command>,
    /// Which of the search it is, from 1: what tells a row from the one that it is made of.
    pub number: usize,
}

impl AppendPipe {
    /// As far as there is room for the copy.
    pub(super) fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let mut room = Room::of(&rows, context);
        let copied = rows.iter().filter(|row| room.take(row.bytes()));
        let copied: Vec<Row> = copied.cloned().collect();
        let commands = self.commands.iter();
        let mut made = commands.fold(copied, |rows, command| command.apply(rows, context));
        for row in &mut made {
            if let Some(by) = &mut row.identity.by {
                by.push(self.number.to_string());
            }
        }
        rows.append(&mut made);
        rows
    }
}

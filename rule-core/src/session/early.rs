//! Rows that are given before their window closes.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::alert::Id;
use crate::plan::Plan;
use crate::rows::{Command, Row};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::window::Bounds;

/// As many ids are known at once. Beyond, all are forgotten and a row may be given
/// early a second time, which is the same alert again.
const KNOWN: usize = 100_000;

/// What was given early of the windows that are open.
#[derive(Clone, Debug)]
pub(super) struct Early {
    /// Does each row come to be without a look at the others?
    pub(super) row_by_row: bool,
    given: BTreeSet<(Bounds, Id)>,
    /// Windows to look at when the clock moves, where it takes all rows to tell.
    look_at: BTreeSet<Bounds>,
}

impl Early {
    pub(super) fn new(plan: &Plan) -> Self {
        Early {
            row_by_row: plan.after.iter().all(Command::is_row_by_row),
            given: BTreeSet::new(),
            look_at: BTreeSet::new(),
        }
    }

    /// Of these rows of a window those that were not given yet.
    pub(super) fn first_time(
        &mut self,
        rule: &str,
        window: Bounds,
        rows: Vec<Row>,
    ) -> Vec<(Bounds, Row)> {
        let mut first = Vec::new();
        for row in rows {
            if self.given.len() >= KNOWN {
                self.given.clear();
            }
            if self.given.insert((window, Id::of(rule, window, &row))) {
                first.push((window, row));
            }
        }
        first
    }

    pub(super) fn look_at(&mut self, window: Bounds) {
        self.look_at.insert(window);
    }

    pub(super) fn take_looked_at(&mut self) -> Vec<Bounds> {
        core::mem::take(&mut self.look_at).into_iter().collect()
    }

    /// A window has closed: its rows are final.
    pub(super) fn forget(&mut self, window: Bounds) {
        self.look_at.remove(&window);
        self.given.retain(|(of, _)| *of != window);
    }

    /// Joins what another part of the stream has given.
    pub(super) fn merge(&mut self, other: &Early) {
        self.given.extend(&other.given);
        self.look_at.extend(&other.look_at);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.given.iter(), |writer, (window, id)| {
            window.write(writer);
            id.write(writer);
        });
        writer.list(self.look_at.iter(), |writer, window| window.write(writer));
    }

    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let given = reader.list(|reader| Ok((Bounds::read(reader)?, Id::read(reader)?)))?;
        let look_at = reader.list(Bounds::read)?;
        let in_order = given.is_sorted_by(|left, right| left < right)
            && look_at.is_sorted_by(|left, right| left < right);
        match in_order {
            true => Ok(Early {
                row_by_row: self.row_by_row,
                given: given.into_iter().collect(),
                look_at: look_at.into_iter().collect(),
            }),
            false => Err(Damaged),
        }
    }
}

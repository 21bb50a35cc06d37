//! Rows that are given before their window closes.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::config::EarlyRows;
use crate::alert::{Change, Given, Id};
use crate::entries;
use crate::plan::Plan;
use crate::rows::{Command, Row};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::window::Bounds;

/// As many rows are known at once, and a row that is not known is not given early: what
/// was given must be taken back where it does not hold, and its revisions go on. Beyond
/// this a row comes when its window closes.
const KNOWN: usize = 10_000;

/// What was given early of the windows that are open.
#[derive(Clone, Debug)]
pub(super) struct Early {
    /// Does each row come to be without a look at the others?
    pub(super) row_by_row: bool,
    /// Is a row given again with each event that goes to it?
    running: bool,
    given: BTreeMap<Bounds, Given>,
    /// Windows to look at when the clock moves, where it takes all rows to tell.
    look_at: BTreeSet<Bounds>,
}

impl Early {
    /// None where no rows are given early.
    pub(super) fn new(rows: EarlyRows, plan: &Plan) -> Option<Self> {
        (rows != EarlyRows::None).then(|| Early {
            row_by_row: plan.after.iter().all(Command::is_row_by_row),
            running: rows == EarlyRows::Running,
            given: BTreeMap::new(),
            look_at: BTreeSet::new(),
        })
    }

    /// An event went to the groups of these ids, of which these rows came out.
    pub(super) fn touched(
        &mut self,
        window: Bounds,
        ids: Vec<Id>,
        rows: Vec<(Id, Row)>,
    ) -> Vec<Change> {
        let running = self.running;
        let (given, rows) = self.known(window, rows);
        match running {
            true => given.again(rows, ids, 0),
            false => given.first_time(rows),
        }
    }

    /// All rows of a window, as they are now.
    pub(super) fn rows(&mut self, window: Bounds, rows: Vec<(Id, Row)>) -> Vec<Change> {
        let running = self.running;
        let (given, rows) = self.known(window, rows);
        match running {
            true => given.update(rows, 0),
            false => given.first_time(rows),
        }
    }

    /// Of these rows those that are known, and those that there is room for to be.
    fn known(&mut self, window: Bounds, mut rows: Vec<(Id, Row)>) -> (&mut Given, Vec<(Id, Row)>) {
        let known = self.given.values().map(Given::len).sum::<usize>();
        let mut room = KNOWN.saturating_sub(known);
        let given = self.given.entry(window).or_default();
        rows.retain(|(id, _)| {
            let is_known = given.knows(*id);
            let stays = is_known || room > 0;
            room = room.saturating_sub(usize::from(stays && !is_known));
            stays
        });
        (given, rows)
    }

    /// What it takes of memory, in bytes, reckoned.
    pub(super) fn bytes(&self) -> usize {
        self.given.values().map(Given::bytes).sum()
    }

    pub(super) fn look_at(&mut self, window: Bounds) {
        self.look_at.insert(window);
    }

    pub(super) fn take_looked_at(&mut self) -> Vec<Bounds> {
        core::mem::take(&mut self.look_at).into_iter().collect()
    }

    /// A window has closed: its rows are final. What is given of it, and how its
    /// rows go on from there: rows that were given again and again keep on counting,
    /// and one that is gone at the end is taken back.
    pub(super) fn close(&mut self, window: Bounds, rows: Vec<(Id, Row)>) -> (Vec<Change>, Given) {
        self.look_at.remove(&window);
        let before = self.given.remove(&window);
        let mut given = match self.running {
            true => before.unwrap_or_default(),
            false => Given::default(),
        };
        let known: Vec<Id> = given.ids().collect();
        (given.again(rows, known, 0), given)
    }

    /// Joins what another part of the stream has given.
    pub(super) fn merge(&mut self, other: &Early) {
        for (window, given) in &other.given {
            self.given.entry(*window).or_default().merge(given);
        }
        self.look_at.extend(&other.look_at);
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.list(self.given.iter(), |writer, (window, given)| {
            window.write(writer);
            given.write(writer);
        });
        writer.list(self.look_at.iter(), |writer, window| window.write(writer));
    }

    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let given = reader.list(|reader| Ok((Bounds::read(reader)?, Given::read(reader)?)))?;
        let look_at = reader.list(Bounds::read)?;
        let in_order = given.is_sorted_by(|left, right| left.0 < right.0)
            && look_at.is_sorted_by(|left, right| left < right);
        match in_order {
            true => Ok(Early {
                given: entries::map(given),
                look_at: entries::set(look_at),
                ..self.clone()
            }),
            false => Err(Damaged),
        }
    }
}

//! What comes behind the end of a window: late events, and rows that they amend.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::alert::{Change, Given, Id, Kind};
use crate::entries;
use crate::rows::Row;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::Stats;
use crate::window::{Bounds, State};

/// What is kept of closed windows.
#[derive(Clone, Debug, Default)]
pub(super) struct Behind {
    /// Late events by the last of the windows that they were in.
    late: BTreeMap<Bounds, Late>,
    /// Windows that can be amended, where anything was given of them.
    closed: BTreeMap<Bounds, Closed>,
    /// The last part that was begun.
    parts: u64,
}

#[derive(Clone, Debug)]
struct Late {
    state: State,
    /// The part that its rows are; 0 until any are given, so that parts are numbered
    /// by windows and not by the order of arrival.
    part: u64,
    given: Given,
    changed: bool,
}

#[derive(Clone, Debug, Default)]
struct Closed {
    given: Given,
    changed: bool,
}

/// Rows of a closed window that are to be given.
pub(super) struct Changes {
    pub(super) window: Bounds,
    pub(super) kind: Kind,
    pub(super) part: u64,
    pub(super) rows: Vec<Change>,
}

impl Behind {
    /// A part that no alert of the rule has had.
    pub(super) fn new_part(&mut self) -> u64 {
        self.parts = self.parts.saturating_add(1);
        self.parts
    }

    /// The late events of a window; `new` makes a state for the first.
    pub(super) fn late(&mut self, window: Bounds, new: impl FnOnce() -> State) -> &mut State {
        let late = self.late.entry(window).or_insert_with(|| Late {
            state: new(),
            part: 0,
            given: Given::default(),
            changed: false,
        });
        late.changed = true;
        &mut late.state
    }

    /// These windows have changed.
    pub(super) fn amend(&mut self, windows: &[Bounds]) {
        for window in windows {
            self.closed.entry(*window).or_default().changed = true;
        }
    }

    /// A window that can be amended has closed, and this was given of it.
    pub(super) fn closed(&mut self, window: Bounds, given: Given) {
        if !given.is_empty() {
            let closed = Closed {
                given,
                changed: false,
            };
            self.closed.insert(window, closed);
        }
    }

    /// The rows that have changed since they were given. `results` makes the rows of
    /// a state, `state` gives what a window holds by now.
    pub(super) fn changes(
        &mut self,
        results: &dyn Fn(Bounds, State) -> Vec<(Id, Row)>,
        state: &dyn Fn(Bounds) -> Option<State>,
    ) -> Vec<Changes> {
        let mut changes = Vec::new();
        for (window, late) in &mut self.late {
            if core::mem::take(&mut late.changed) {
                if late.part == 0 {
                    self.parts = self.parts.saturating_add(1);
                    late.part = self.parts;
                }
                let rows = results(*window, late.state.clone());
                changes.push(Changes {
                    window: *window,
                    kind: Kind::Late,
                    part: late.part,
                    rows: late.given.update(rows, 0),
                });
            }
        }
        for (window, closed) in &mut self.closed {
            if core::mem::take(&mut closed.changed) {
                let rows = state(*window).map_or_else(Vec::new, |state| results(*window, state));
                changes.push(Changes {
                    window: *window,
                    kind: Kind::Amended,
                    part: 0,
                    rows: closed.given.update(rows, 1),
                });
            }
        }
        changes
    }

    /// Have late events come on top of some that were given? Their rows are of both,
    /// so no other session can go on with them.
    pub(super) fn is_half_given(&self) -> bool {
        self.late
            .values()
            .any(|late| late.changed && late.part != 0)
    }

    /// Is there anything to give?
    pub(super) fn has_changes(&self) -> bool {
        self.late.values().any(|late| late.changed)
            || self.closed.values().any(|closed| closed.changed)
    }

    /// Forgets windows of runs at or before `run`; their changes were given.
    pub(super) fn forget_runs_to(&mut self, run: i64) {
        let stays = |window: &Bounds| !matches!(window, Bounds::Run { run: of, .. } if *of <= run);
        self.late.retain(|window, _| stays(window));
        self.closed.retain(|window, _| stays(window));
    }

    /// Forgets the oldest window of late events, whose changes were given: the next
    /// one of it begins a new part. False where there is none.
    pub(super) fn forget_oldest_late(&mut self) -> bool {
        self.late.pop_first().is_some()
    }

    /// What it takes of memory, in bytes, reckoned.
    pub(super) fn bytes(&self) -> usize {
        let late = self.late.values();
        let late = late.map(|late| late.state.bytes().saturating_add(late.given.bytes()));
        let closed = self.closed.values().map(|closed| closed.given.bytes());
        late.chain(closed).fold(0, usize::saturating_add)
    }

    /// Joins what another part of the stream keeps, with as many samples of a group
    /// as are kept. Late events that were given are alerts of that part, and nothing
    /// of them is needed here.
    pub(super) fn merge(&mut self, other: &Behind, samples: usize) {
        self.parts = self.parts.max(other.parts);
        let pending = other.late.iter().filter(|(_, late)| late.part == 0);
        for (window, late) in pending {
            match self.late.get_mut(window) {
                Some(own) => {
                    own.state.merge(&late.state, samples);
                    own.changed = true;
                }
                None => {
                    self.late.insert(*window, late.clone());
                }
            }
        }
        for (window, closed) in &other.closed {
            let own = self.closed.entry(*window).or_default();
            own.given.merge(&closed.given);
            own.changed = true;
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.number(self.parts);
        writer.list(self.late.iter(), |writer, (window, late)| {
            window.write(writer);
            late.state.write(writer);
            writer.number(late.part);
            late.given.write(writer);
            writer.flag(late.changed);
        });
        writer.list(self.closed.iter(), |writer, (window, closed)| {
            window.write(writer);
            closed.given.write(writer);
            writer.flag(closed.changed);
        });
    }

    pub(super) fn read(reader: &mut Reader<'_>, stats: Option<&Stats>) -> Result<Self, Damaged> {
        let parts = reader.number()?;
        let late = reader.list(|reader| {
            let window = Bounds::read(reader)?;
            let late = Late {
                state: State::read(reader, stats)?,
                part: reader.number()?,
                given: Given::read(reader)?,
                changed: reader.flag()?,
            };
            Ok((window, late))
        })?;
        let closed = reader.list(|reader| {
            let window = Bounds::read(reader)?;
            let closed = Closed {
                given: Given::read(reader)?,
                changed: reader.flag()?,
            };
            Ok((window, closed))
        })?;
        let in_order = late.is_sorted_by(|left, right| left.0 < right.0)
            && closed.is_sorted_by(|left, right| left.0 < right.0);
        match in_order {
            true => Ok(Behind {
                late: entries::map(late),
                closed: entries::map(closed),
                parts,
            }),
            false => Err(Damaged),
        }
    }
}

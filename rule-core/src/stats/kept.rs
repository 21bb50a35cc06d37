//! What is kept of one group for one aggregate.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use super::accumulator::Accumulator;
use super::each::Each;
use super::{Aggregate, Over, Source, Stats, size};
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;
use crate::value::Value;

#[derive(Clone, Debug)]
pub(super) enum Kept {
    One(Accumulator),
    Each(Box<Each>),
}

impl Kept {
    pub(super) fn new(aggregate: &Aggregate) -> Self {
        match &aggregate.over {
            Over::Each { .. } => Kept::Each(Box::new(Each::new(aggregate.function))),
            Over::Events | Over::Field(_) => Kept::One(Accumulator::new(aggregate.function)),
        }
    }

    /// Takes an event; gives the bytes that the state grew by.
    pub(super) fn add(
        &mut self,
        aggregate: &Aggregate,
        stats: &Stats,
        source: &dyn Source,
        time: Option<Time>,
    ) -> isize {
        let mut grown = 0isize;
        match (self, &aggregate.over) {
            (Kept::One(one), Over::Field(field)) => {
                source.visit(field, &mut |item| {
                    grown = grown.saturating_add(one.add(item, time));
                });
            }
            (Kept::One(one), _) => one.add_event(),
            (Kept::Each(each), Over::Each { names, .. }) => {
                source.visit_all(&mut |name, item| {
                    let is_by = stats.by.iter().any(|field| field.name == name);
                    if names.covers(name) && !is_by {
                        grown = grown.saturating_add(each.add(name, item, time));
                    }
                });
            }
            // It was made for this aggregate.
            (Kept::Each(_), _) => {}
        }
        grown
    }

    /// Takes what another part of the same group has; gives the bytes that the
    /// state grew by.
    pub(super) fn merge(&mut self, other: &Kept) -> isize {
        match (self, other) {
            (Kept::One(one), Kept::One(other)) => one.merge(other),
            (Kept::Each(each), Kept::Each(other)) => each.merge(other),
            // Groups of one `stats` have the same aggregates in the same places.
            _ => 0,
        }
    }

    /// What it takes of memory, in bytes, reckoned.
    pub(super) fn size(&self) -> usize {
        match self {
            Kept::One(one) => one.size(),
            Kept::Each(each) => size::ACCUMULATOR.saturating_add(each.size()),
        }
    }

    /// How many values there was no room for.
    pub(super) fn left_out(&self) -> u64 {
        match self {
            Kept::One(_) => 0,
            Kept::Each(each) => each.left_out(),
        }
    }

    /// How many texts its `values` list, and their bytes. Those of several fields may be
    /// in no column of theirs, and are not asked.
    pub(super) fn listed(&self) -> (usize, usize) {
        match self {
            Kept::One(one) => one.listed(),
            Kept::Each(_) => (0, 0),
        }
    }

    /// Adds the columns of the aggregate, those of several fields by the fields' names.
    ///
    /// A column that is asked for by its own name, or is there already, stays as it is
    /// beside one of a pattern `[U]`.
    pub(super) fn result<'s>(
        &self,
        aggregate: &'s Aggregate,
        stats: &'s Stats,
        columns: &mut Vec<(Cow<'s, str>, Value)>,
    ) {
        let (each, names, to) = match (self, &aggregate.over) {
            (Kept::Each(each), Over::Each { names, columns }) => (each, names, columns),
            (Kept::One(one), _) => {
                columns.push((Cow::Borrowed(&aggregate.column), one.value()));
                return;
            }
            (Kept::Each(_), _) => return,
        };
        let before = columns.len();
        for (name, value) in each.values() {
            let column = to.fill(&names.captures(name).unwrap_or_default());
            let own =
                |one: &Aggregate| !matches!(one.over, Over::Each { .. }) && one.column == column;
            let is_taken = stats.aggregates.iter().any(own)
                || stats.by.iter().any(|field| field.name == column)
                || columns.iter().take(before).any(|(name, _)| *name == column);
            if !is_taken {
                columns.push((Cow::Owned(column), value));
            }
        }
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Kept::One(one) => one.write(writer),
            Kept::Each(each) => each.write(writer),
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, aggregate: &Aggregate) -> Result<Self, Damaged> {
        Ok(match Kept::new(aggregate) {
            Kept::One(_) => Kept::One(Accumulator::read(reader, aggregate.function)?),
            Kept::Each(new) => Kept::Each(Box::new(new.read(reader)?)),
        })
    }
}

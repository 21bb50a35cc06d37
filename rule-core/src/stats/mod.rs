//! `stats`: groups of events by their by-values, and what is counted of each.
//!
//! Every accumulator comes to the same result whatever the order of the events,
//! so that a replay, a file and a stream agree: sums are exact, ties of time
//! are broken by the value, and what goes by input order ("first", "list") goes
//! by time, newest first, as a search reads events [semantics.md, "stats"].
//!
//! For the same reason parts of a window that were counted apart can be merged,
//! and a snapshot of a state has one form, however the state came to be.

mod accumulator;
mod distinct;
mod each;
mod exact;
mod extreme;
mod group;
mod groups;
mod kept;
mod key;
mod moments;
mod pair;
mod quantiles;
mod recent;
mod sample;
mod size;
mod stored;
mod sum;
mod tally;

use alloc::string::String;
use alloc::vec::Vec;

pub use accumulator::Function;
pub use groups::{Added, GroupResult, Groups, Most};
pub use key::MAX_COMBINATIONS;
pub use moments::Moment;
pub use sample::{Observation, Sample};

use crate::search::{Field, NamePattern};
use crate::value::Number;

/// A `stats` command, ready to run.
#[derive(Clone, Debug)]
pub struct Stats {
    /// What is computed of each group, in the order of the columns.
    pub aggregates: Vec<Aggregate>,
    /// The fields of the by-clause, in order.
    pub by: Vec<Field>,
    /// What stands for a by-field that an event lacks; without it such an event is in no
    /// group.
    pub missing: Option<String>,
}

impl Stats {
    /// Does it ask for fields by a pattern?
    #[must_use]
    pub fn asks_all(&self) -> bool {
        self.aggregates.iter().any(Aggregate::is_over_each)
    }

    /// The first of the groups that an event is in; None where it is in none.
    pub(crate) fn first_key(&self, source: &dyn Source) -> Option<Vec<u8>> {
        key::single(self, source).or_else(|| key::keys(self, source).0.into_iter().next())
    }

    /// Is an event in any group? One that lacks a by-field is in none.
    #[must_use]
    pub fn takes(&self, source: &dyn Source) -> bool {
        self.missing.is_some()
            || self.by.iter().all(|field| {
                let mut there = false;
                source.visit(field, &mut |_| there = true);
                there
            })
    }
}

/// One aggregate.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// The function.
    pub function: Function,
    /// What it is over.
    pub over: Over,
    /// The name of its column; of several the pattern of their names.
    pub column: String,
}

/// What an aggregate is over.
#[derive(Clone, Debug)]
pub enum Over {
    /// Events: `count` alone.
    Events,
    /// The values of a field.
    Field(Field),
    /// Of each field whose name a pattern covers its values, but for the fields of the
    /// by-clause.
    Each {
        /// The fields, by their names.
        names: NamePattern,
        /// The columns, with what the wildcards stand for.
        columns: NamePattern,
    },
}

impl Aggregate {
    /// The one field that it is over.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match &self.over {
            Over::Field(field) => Some(field),
            Over::Events | Over::Each { .. } => None,
        }
    }

    /// Is it over whatever fields there are?
    #[must_use]
    pub fn is_over_each(&self) -> bool {
        matches!(self.over, Over::Each { .. })
    }
}

/// A value of a field of an event or a row.
#[derive(Clone, Copy, Debug)]
pub enum Item<'v> {
    /// Text.
    Text(&'v str),
    /// A number that was computed, or a time.
    Number(Number),
}

/// Where `stats` takes values from: events, or the rows of an earlier command.
pub trait Source {
    /// Visits each value of a field, in order.
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>));

    /// Visits each value of every field. Rows alone know their fields: an event is made
    /// one where this is asked of it.
    fn visit_all(&self, visit: &mut dyn FnMut(&str, Item<'_>)) {
        let _ = visit;
    }
}

#[cfg(test)]
pub(crate) mod tests;

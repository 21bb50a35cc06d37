//! What an open window holds.

use alloc::vec::Vec;

use crate::entries;
use crate::rows::Row;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::stats::{Groups, Stats};

/// The events of one window or span so far, counted or collected.
#[derive(Clone, Debug)]
pub enum State {
    /// Counted by `stats`.
    Groups(Groups),
    /// The events themselves, of a search without `stats`.
    Rows {
        /// As they came.
        rows: Vec<Row>,
        /// Their size, reckoned.
        bytes: usize,
    },
}

impl State {
    /// An empty state for a search with or without `stats`.
    #[must_use]
    pub fn new(stats: Option<&Stats>) -> Self {
        match stats {
            Some(_) => State::Groups(Groups::default()),
            None => State::rows(Vec::new()),
        }
    }

    fn rows(rows: Vec<Row>) -> Self {
        let bytes = rows.iter().map(Row::bytes).sum();
        State::Rows { rows, bytes }
    }

    /// Takes an event of a search without `stats`.
    pub fn collect(&mut self, row: &Row) {
        if let State::Rows { rows, bytes } = self {
            *bytes = bytes.saturating_add(row.bytes());
            rows.push(row.clone());
        }
    }

    /// How many groups or rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            State::Groups(groups) => groups.len(),
            State::Rows { rows, .. } => rows.len(),
        }
    }

    /// Are there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values of its groups there was no room for.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        match self {
            State::Groups(groups) => groups.left_out(),
            State::Rows { .. } => 0,
        }
    }

    /// What it takes of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            State::Groups(groups) => groups.bytes(),
            State::Rows { bytes, .. } => *bytes,
        }
    }

    /// Joins what another part of the same window counted, with as many samples
    /// of a group as are kept.
    pub fn merge(&mut self, other: &State, samples: usize) {
        // States of one rule are of one kind, but for one that was made empty.
        if self.is_empty() {
            *self = other.clone();
            return;
        }
        match (self, other) {
            (State::Groups(groups), State::Groups(other)) => groups.merge(other, samples),
            (
                State::Rows { rows, bytes },
                State::Rows {
                    rows: other,
                    bytes: more,
                },
            ) => {
                rows.extend(other.iter().cloned());
                *bytes = bytes.saturating_add(*more);
            }
            _ => {}
        }
    }

    /// One group alone.
    #[must_use]
    pub fn group(&self, key: &[u8]) -> Option<State> {
        match self {
            State::Groups(groups) => groups.group(key).map(State::Groups),
            State::Rows { .. } => None,
        }
    }

    /// Each group or row as a state of its own, in the order of the results.
    #[must_use]
    pub fn into_single(self) -> Vec<State> {
        match self {
            State::Groups(groups) => groups
                .into_single()
                .into_iter()
                .map(State::Groups)
                .collect(),
            State::Rows { rows, .. } => in_order(rows)
                .into_iter()
                .map(|row| State::rows(alloc::vec![row]))
                .collect(),
        }
    }

    /// The results: of `stats` sorted by the by-values; events newest first, as
    /// a search gives them, and of one time by what they say and where they stood, so
    /// that the order of arrival changes nothing.
    #[must_use]
    pub fn into_rows(self, stats: Option<&Stats>) -> Vec<Row> {
        match (self, stats) {
            (State::Groups(groups), Some(stats)) => {
                groups.results(stats).into_iter().map(Row::from).collect()
            }
            (State::Groups(_), None) => Vec::new(),
            (State::Rows { rows, .. }, _) => in_order(rows),
        }
    }

    /// Writes it.
    pub fn write(&self, writer: &mut Writer) {
        match self {
            State::Groups(groups) => groups.write(writer),
            State::Rows { rows, .. } => {
                // As they came is no canonical order.
                let forms = rows.iter().map(|row| {
                    let mut form = Writer::new();
                    row.write(&mut form);
                    form.into_bytes()
                });
                let mut forms: Vec<Vec<u8>> = forms.collect();
                entries::sort(&mut forms, Vec::cmp);
                writer.list(forms.iter(), |writer, form| writer.raw(form));
            }
        }
    }

    /// Reads the state of a search with or without `stats`.
    ///
    /// # Errors
    /// What cannot be such a state.
    pub fn read(reader: &mut Reader<'_>, stats: Option<&Stats>) -> Result<Self, Damaged> {
        match stats {
            Some(stats) => Groups::read(reader, stats).map(State::Groups),
            None => reader.list(Row::read).map(State::rows),
        }
    }
}

fn in_order(rows: Vec<Row>) -> Vec<Row> {
    let keyed = rows.into_iter().map(|row| {
        let text = serde_json::to_string(&row).unwrap_or_default();
        (core::cmp::Reverse(row.identity.latest), text, row)
    });
    let mut keyed: Vec<_> = keyed.collect();
    entries::sort(&mut keyed, |left, right| {
        // Two that say the same are told apart by where they stood.
        let said = (left.0, &left.1).cmp(&(right.0, &right.1));
        said.then_with(|| left.2.identity.samples.cmp(&right.2.identity.samples))
    });
    keyed.into_iter().map(|(.., row)| row).collect()
}

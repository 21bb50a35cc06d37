//! What an open window holds.

use alloc::vec::Vec;

use crate::rows::Row;
use crate::stats::{Groups, Stats};

/// The events of one window so far, counted or collected.
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
            None => State::Rows {
                rows: Vec::new(),
                bytes: 0,
            },
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

    /// What it takes of memory, in bytes, reckoned.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            State::Groups(groups) => groups.bytes(),
            State::Rows { bytes, .. } => *bytes,
        }
    }

    /// The results: of `stats` sorted by the by-values; events newest first, as
    /// a search gives them, and of one time by what they say, so that the order
    /// of arrival changes nothing.
    #[must_use]
    pub fn into_rows(self, stats: Option<&Stats>) -> Vec<Row> {
        match (self, stats) {
            (State::Groups(groups), Some(stats)) => {
                groups.results(stats).into_iter().map(Row::from).collect()
            }
            (State::Groups(_), None) => Vec::new(),
            (State::Rows { mut rows, .. }, _) => {
                rows.sort_by_cached_key(|row| {
                    let text = serde_json::to_string(row).unwrap_or_default();
                    (core::cmp::Reverse(row.identity.latest), text)
                });
                rows
            }
        }
    }
}

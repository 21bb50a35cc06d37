//! The rows of a window of `streamstats`, and what is counted of them.

use alloc::collections::VecDeque;

use super::beside::seen;
use super::row::Row;
use crate::stats::{Groups, Most, Over, Stats};

/// Rows whose counts are kept, so that a row which comes counts none of them again.
const BLOCK: usize = 32;

/// The steps that counting a value once more costs.
const COUNTING: usize = 16;

/// The bytes of a group that one step joins to another.
const JOINED: usize = 4;

/// How many times the bytes of its rows the groups of a block may take: rows of many
/// by-values, and of few values that much is counted of, are counted one by one.
const MOST_TIMES: usize = 2;

/// The rows of a window, the oldest first.
///
/// Rows leave it in the order in which they came, so that it is kept in blocks. A block
/// that is whole has the groups of its rows beside them: what a window comes to is what
/// its whole blocks come to, joined, and the few rows before and behind them.
#[derive(Debug, Default)]
pub(super) struct Sliding {
    blocks: VecDeque<Block>,
}

#[derive(Debug, Default)]
struct Block {
    rows: VecDeque<Counts>,
    /// How many rows it has had.
    taken: usize,
    /// What its rows come to; None while some of them lack, and where that would take
    /// much more memory than they do.
    groups: Option<Groups>,
}

/// A row, and the steps that counting it costs.
#[derive(Debug)]
struct Counts {
    row: Row,
    steps: usize,
}

impl Sliding {
    pub(super) fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.rows.len()).sum()
    }

    pub(super) fn oldest(&self) -> Option<&Row> {
        self.blocks.front()?.rows.front().map(|one| &one.row)
    }

    pub(super) fn push(&mut self, stats: &Stats, row: Row) {
        if self.blocks.back().is_none_or(|last| last.taken == BLOCK) {
            self.blocks.push_back(Block::default());
        }
        if let Some(last) = self.blocks.back_mut() {
            last.push(stats, row);
        }
    }

    /// Takes the oldest row away.
    pub(super) fn pop(&mut self) {
        let Some(first) = self.blocks.front_mut() else {
            return;
        };
        first.groups = None;
        first.rows.pop_front();
        if first.rows.is_empty() {
            self.blocks.pop_front();
        }
    }

    /// The steps that it takes to say what the group of a key comes to.
    pub(super) fn steps(&self, key: &[u8]) -> usize {
        let steps = self.blocks.iter().map(|block| block.steps(key));
        steps.fold(0, usize::saturating_add)
    }

    /// What the group of a key comes to.
    pub(super) fn counted(&self, stats: &Stats, key: &[u8]) -> Groups {
        let mut counted = Groups::default();
        for block in &self.blocks {
            match &block.groups {
                Some(groups) => counted.merge_group(groups, key),
                None => block.rows.iter().for_each(|Counts { row, .. }| {
                    counted.add_to_group(stats, row, &seen(row), key);
                }),
            }
        }
        counted
    }
}

impl Block {
    fn push(&mut self, stats: &Stats, row: Row) {
        let steps = COUNTING.saturating_mul(counts(stats, &row));
        self.rows.push_back(Counts { row, steps });
        self.taken = self.taken.saturating_add(1);
        if self.rows.len() == BLOCK {
            self.groups = self.together(stats);
        }
    }

    fn together(&self, stats: &Stats) -> Option<Groups> {
        let bytes = self.rows.iter().map(|one| one.row.bytes());
        let most = bytes.fold(0, usize::saturating_add);
        let most = most.saturating_mul(MOST_TIMES);
        let mut groups = Groups::default();
        for Counts { row, .. } in &self.rows {
            let left = most.checked_sub(groups.bytes())?;
            let added = groups.add(stats, row, &seen(row), Most::of_groups(left), &mut |_| {});
            if added.left_out > 0 {
                return None;
            }
        }
        Some(groups)
    }

    fn steps(&self, key: &[u8]) -> usize {
        match &self.groups {
            Some(groups) => (groups.group_bytes(key) / JOINED).saturating_add(1),
            None => {
                let steps = self.rows.iter().map(|one| one.steps);
                steps.fold(0, usize::saturating_add)
            }
        }
    }
}

/// How many values of a row are counted, each function of its own, one of them at the
/// least.
fn counts(stats: &Stats, row: &Row) -> usize {
    let aggregates = stats.aggregates.iter();
    let counts = aggregates.map(|one| match &one.over {
        Over::Events => 1,
        Over::Field(field) => row.get(&field.name).each().len().max(1),
        Over::Each { names, .. } => {
            let columns = row.columns().iter();
            let covered = columns.filter(|(name, _)| names.covers(name));
            let values = covered.map(|(_, value)| value.each().len());
            values.fold(1, usize::saturating_add)
        }
    });
    counts.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;
    use std::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::rows::Identity;
    use crate::search::{Field, NamePattern};
    use crate::stats::tests::FUNCTIONS;
    use crate::stats::{Aggregate, Function};
    use crate::time::Time;
    use crate::value::Value;

    const ALL: Most = Most::of_groups(usize::MAX);

    /// Every function over `v`, over all fields, and the number of rows, by `k`.
    fn stats() -> Stats {
        let field = |name: &str| Field {
            name: name.to_string(),
            slot: 0,
        };
        let over = |function: &str, over: Over| Aggregate {
            function: Function::from_name(function).unwrap(),
            over,
            column: function.to_string(),
        };
        let each = || Over::Each {
            names: NamePattern::new("*"),
            columns: NamePattern::new("*"),
        };
        let mut aggregates: Vec<Aggregate> = FUNCTIONS
            .iter()
            .map(|function| over(function, Over::Field(field("v"))))
            .collect();
        aggregates.push(over("max", each()));
        aggregates.push(over("count", Over::Events));
        Stats {
            aggregates,
            by: [field("k")].into(),
            missing: None,
        }
    }

    fn row(key: u8, value: &str, second: i64) -> Row {
        let mut row = Row::new(Identity {
            latest: Some(Time::new(second, 0, 0)),
            ..Identity::default()
        });
        row.set("k", Value::Text(key.to_string()));
        row.set("v", Value::Text(value.to_string()));
        row
    }

    fn shown(groups: &Groups, stats: &Stats, key: &[u8]) -> std::string::String {
        let result = groups.result(stats, key);
        std::format!("{:?}", result.map(|result| result.values))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        /// It comes to what its rows come to, counted one by one.
        #[test]
        fn a_window_is_its_rows(
            rows in proptest::collection::vec((0..3u8, "[0-9]{1,3}(\\.[0-9]{1,12})?|[a-c]", 0..9i64), 1..300),
            longest in 1..200usize,
            // Rows that leave before they have to, as by time.
            leave in 0..40usize,
        ) {
            let stats = stats();
            let mut window = Sliding::default();
            let mut naive: VecDeque<Row> = VecDeque::new();
            let mut whole = false;
            for (at, (key, value, second)) in rows.iter().enumerate() {
                let row = row(*key, value, *second);
                let key = stats.first_key(&row).unwrap();
                window.push(&stats, row.clone());
                naive.push_back(row);
                let many = if leave > 0 && at % 50 == 49 { leave } else { 0 };
                while window.len() > longest.saturating_sub(many) {
                    window.pop();
                    naive.pop_front();
                }
                prop_assert_eq!(window.len(), naive.len());
                prop_assert_eq!(window.oldest().is_some(), !naive.is_empty());
                let mut one_by_one = Groups::default();
                for row in &naive {
                    one_by_one.add(&stats, row, &seen(row), ALL, &mut |_| {});
                }
                let counted = window.counted(&stats, &key);
                prop_assert_eq!(shown(&counted, &stats, &key), shown(&one_by_one, &stats, &key));
                whole |= window.blocks.iter().any(|block| block.groups.is_some());
            }
            if longest >= 2 * BLOCK && rows.len() >= longest && leave == 0 {
                prop_assert!(whole, "no block is whole");
            }
        }
    }
}

//! `top`, `rare`: of rows that `stats count` gave, those of the most or the least.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::row::Row;
use crate::entries;
use crate::value::{Number, Value};

/// `top 5 a b by c`, behind a `stats count by c a b` [Search Reference, "top",
/// "rare"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// `rare`: the least.
    pub rare: bool,
    /// How many rows for each set of by-values; None for all.
    pub limit: Option<usize>,
    /// The fields behind `by`.
    pub by: Vec<String>,
    /// The column of counts.
    pub count: String,
    /// Is it shown?
    pub shows_count: bool,
    /// The column of the share of all rows with the same by-values, if it is shown.
    pub percent: Option<String>,
}

impl Top {
    pub(super) fn apply(&self, mut rows: Vec<Row>) -> Vec<Row> {
        let mut totals: BTreeMap<Vec<String>, (f64, usize)> = BTreeMap::new();
        for row in &rows {
            let total = totals.entry(self.group(row)).or_default();
            total.0 += self.count_of(row).map_or(0.0, Number::as_f64);
        }
        // The rows of `stats` are sorted by their values, and stay so where the counts
        // are equal.
        entries::sort(&mut rows, |left, right| {
            let counts = (self.count_of(left), self.count_of(right));
            let groups = self.group(left).cmp(&self.group(right));
            groups.then_with(|| match self.rare {
                true => counts.0.cmp(&counts.1),
                false => counts.1.cmp(&counts.0),
            })
        });
        rows.retain_mut(|row| {
            let Some((total, shown)) = totals.get_mut(&self.group(row)) else {
                return false;
            };
            *shown = shown.saturating_add(1);
            if self.limit.is_some_and(|limit| *shown > limit) {
                return false;
            }
            let count = self.count_of(row).map_or(0.0, Number::as_f64);
            if let (Some(name), Some(share)) =
                (&self.percent, Number::from_f64(count * 100.0 / *total))
            {
                row.set(name, Value::Number(share));
            }
            if !self.shows_count {
                row.set(&self.count, Value::Null);
            }
            true
        });
        rows
    }

    fn group(&self, row: &Row) -> Vec<String> {
        let texts = self.by.iter().map(|field| row.get(field).text());
        texts
            .map(|text| text.unwrap_or_default().into_owned())
            .collect()
    }

    fn count_of(&self, row: &Row) -> Option<Number> {
        row.get(&self.count).number()
    }
}

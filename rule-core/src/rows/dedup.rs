//! `dedup`: rows whose fields were not there before.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::row::Row;
use super::sort::Sort;
use crate::value::Value;

/// `dedup 2 a b`: of the rows with the same values the first few [Search
/// Reference, "dedup"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dedup {
    /// How many rows of the same values stay.
    pub count: usize,
    /// The fields.
    pub fields: Vec<String>,
    /// Do rows stay that lack one of the fields?
    pub keep_empty: bool,
    /// Only rows right behind one of the same values go.
    pub consecutive: bool,
    /// What rows are sorted by, before some of them go `[U]`.
    pub sort: Option<Sort>,
}

impl Dedup {
    pub(super) fn apply(&self, mut rows: Vec<Row>) -> Vec<Row> {
        if let Some(sort) = &self.sort {
            rows = sort.apply(rows);
        }
        let mut seen: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        rows.retain(|row| {
            let values = self.fields.iter().map(|field| row.get(field));
            let Some(key) = values.map(key).collect::<Option<Vec<String>>>() else {
                return self.keep_empty;
            };
            if self.consecutive && !seen.contains_key(&key) {
                seen.clear();
            }
            let times = seen.entry(key).or_default();
            *times = times.saturating_add(1);
            *times <= self.count
        });
        rows
    }
}

fn key(value: &Value) -> Option<String> {
    value.text().map(|text| text.into_owned())
}

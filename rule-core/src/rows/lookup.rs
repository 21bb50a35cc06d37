//! `lookup`: values from a table that the user gives, by the values of a row.
//!
//! Of several matches the first 100 count, in the order of the table. Where nothing
//! matches, a field gets the table's default, or stays as it is `[U]` [Search Reference,
//! "lookup"; transforms.conf].

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::command::Context;
use super::room::Room;
use super::row::Row;
use super::steps::Steps;
use crate::entries;
use crate::search::{Cidr, Pattern, fold};
use crate::value::Value;

/// What a value of a table takes besides its text.
const VALUE: usize = 4;

/// The steps that trying a value on a row of a table costs.
const TRY: usize = 8;

/// Matches that count, at most.
const MAX_MATCHES: usize = 100;

/// A table that values are looked up in.
#[derive(Clone, Debug, Default)]
pub struct LookupTable {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each as long as there are columns or shorter.
    pub rows: Vec<Vec<String>>,
    /// Columns whose values match otherwise than as they are.
    pub matching: BTreeMap<String, LookupMatch>,
    /// Do values match without case?
    pub ignores_case: bool,
    /// What a field gets where nothing matches.
    pub default: Option<String>,
}

/// How a value of a table matches one of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupMatch {
    /// `*` in it stands for any run of characters.
    Wildcard,
    /// It is a network.
    Network,
}

/// The command, ready to run.
#[derive(Clone, Debug)]
pub struct Lookup {
    table: Arc<LookupTable>,
    /// Those first whose rows are found by their texts; the others are tried on these.
    inputs: Vec<Input>,
    /// Columns and the fields that they go to.
    outputs: Vec<(usize, String)>,
    /// A field that has a value keeps it.
    only_new: bool,
}

/// A column that must match, and the field of the row.
#[derive(Clone, Debug)]
struct Input {
    field: String,
    wanted: WantedBy,
}

/// The values of a column, ready to be matched.
#[derive(Clone, Debug)]
enum WantedBy {
    /// The places of the rows that have a value, in the order of the table.
    Text(BTreeMap<String, Vec<usize>>),
    Wildcard(Vec<Pattern>),
    Network(Vec<Option<Cidr>>),
}

impl Lookup {
    /// Prepares the command: (column, field) of what must match, and of what is taken.
    /// None where a column is not in the table.
    #[must_use]
    pub fn new(
        table: Arc<LookupTable>,
        inputs: &[(String, String)],
        outputs: &[(String, String)],
        only_new: bool,
    ) -> Option<Self> {
        let place = |name: &str| table.columns.iter().position(|column| column == name);
        let mut prepared = Vec::new();
        for (column, field) in inputs {
            prepared.push(Input {
                field: field.clone(),
                wanted: table.prepared(place(column)?, column),
            });
        }
        let is_text = |input: &Input| matches!(input.wanted, WantedBy::Text(_));
        entries::sort(&mut prepared, |left, right| {
            is_text(right).cmp(&is_text(left))
        });
        let mut taken = Vec::new();
        for (column, field) in outputs {
            taken.push((place(column)?, field.clone()));
        }
        Some(Lookup {
            table,
            inputs: prepared,
            outputs: taken,
            only_new,
        })
    }

    /// The fields of a row that it looks up.
    pub fn inputs(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|input| input.field.as_str())
    }

    /// The fields that it sets.
    pub fn outputs(&self) -> impl Iterator<Item = &str> {
        self.outputs.iter().map(|(_, field)| field.as_str())
    }

    /// Sets the fields of a row. One that lacks a field that is looked up stays as it is.
    ///
    /// Of several values of a row as many are tried on a table as there are steps for.
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>, room: &mut Room<'_>) {
        if self.inputs().any(|field| row.get(field).is_null()) {
            return;
        }
        let found = self.found(row, &Steps::of(row, context));
        for (column, field) in &self.outputs {
            if self.only_new && !row.get(field).is_null() {
                continue;
            }
            let of_row = |at: &usize| self.table.rows.get(*at)?.get(*column);
            let values = found.iter().filter_map(of_row);
            let mut values: Vec<Value> = values
                .filter(|value| !value.is_empty())
                .map(|value| Value::Text(value.clone()))
                .collect();
            if found.is_empty() {
                values.extend(self.table.default.clone().map(Value::Text));
            }
            if !values.is_empty() {
                room.set(row, field, Value::from_list(values));
            }
        }
    }

    /// The places of the rows of the table that match, in its order.
    fn found(&self, row: &Row, steps: &Steps<'_>) -> Vec<usize> {
        let mut found: Option<Vec<usize>> = None;
        for input in &self.inputs {
            let value = row.get(&input.field);
            // Each once: a row of the table is found by one of them or by none.
            let texts = value.each().iter().filter_map(Value::text);
            let texts = entries::set(texts.map(|text| self.folded_where(&input.wanted, text)));
            found = Some(match (found, &input.wanted) {
                (None, WantedBy::Text(places)) => self.by_text(places, &texts),
                (before, _) => {
                    let all = 0..self.table.rows.len();
                    let before = before.unwrap_or_else(|| all.collect());
                    let holds = |at: &usize| self.holds(input, *at, &texts, steps);
                    before.into_iter().filter(holds).collect()
                }
            });
        }
        let mut found = found.unwrap_or_default();
        found.truncate(MAX_MATCHES);
        found
    }

    fn by_text(
        &self,
        places: &BTreeMap<String, Vec<usize>>,
        texts: &BTreeSet<Cow<'_, str>>,
    ) -> Vec<usize> {
        let found = texts.iter().filter_map(|text| places.get(&**text));
        let mut found: Vec<usize> = found.flatten().copied().collect();
        entries::sort(&mut found, usize::cmp);
        found
    }

    /// A text as a column of the table has it, where it is looked up by its text.
    fn folded_where<'t>(&self, wanted: &WantedBy, text: Cow<'t, str>) -> Cow<'t, str> {
        match (wanted, self.table.ignores_case) {
            (WantedBy::Text(_), true) => Cow::Owned(fold(&text).into_owned()),
            _ => text,
        }
    }

    /// Does a row of the table match any of the texts by a column?
    fn holds(
        &self,
        input: &Input,
        at: usize,
        texts: &BTreeSet<Cow<'_, str>>,
        steps: &Steps<'_>,
    ) -> bool {
        let is_left =
            |text: &&Cow<'_, str>| steps.take((text.len() / 4).saturating_add(TRY)).is_some();
        let mut texts = texts.iter().take_while(is_left);
        texts.any(|text| match &input.wanted {
            WantedBy::Text(places) => places
                .get(&**text)
                .is_some_and(|rows| rows.binary_search(&at).is_ok()),
            WantedBy::Wildcard(patterns) => patterns
                .get(at)
                .is_some_and(|pattern| pattern.matches(text)),
            WantedBy::Network(networks) => networks
                .get(at)
                .and_then(Option::as_ref)
                .is_some_and(|network| network.contains(text)),
        })
    }
}

impl LookupTable {
    /// What a column takes to be looked into, in bytes, reckoned.
    #[must_use]
    pub fn column_bytes(&self, column: &str) -> usize {
        let place = self.columns.iter().position(|one| one == column);
        let values = self
            .rows
            .iter()
            .map(|row| place.and_then(|place| row.get(place)));
        values
            .map(|value| value.map_or(0, String::len).saturating_add(VALUE))
            .sum()
    }

    fn folded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.ignores_case {
            true => fold(text),
            false => Cow::Borrowed(text),
        }
    }

    fn prepared(&self, place: usize, column: &str) -> WantedBy {
        let values = self
            .rows
            .iter()
            .map(|row| row.get(place).map_or("", String::as_str));
        match self.matching.get(column) {
            Some(LookupMatch::Wildcard) => WantedBy::Wildcard(
                values
                    .map(|value| Pattern::new(value, !self.ignores_case))
                    .collect(),
            ),
            Some(LookupMatch::Network) => WantedBy::Network(values.map(Cidr::parse).collect()),
            None => {
                let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
                for (at, value) in values.enumerate() {
                    let value = self.folded(value).into_owned();
                    places.entry(value).or_default().push(at);
                }
                WantedBy::Text(places)
            }
        }
    }
}

//! `addtotals`: the sum of a row's fields, and a row of the sums of columns.

use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::room::Room;
use super::row::{Identity, Row};
use crate::rows::eval::Operator;
use crate::search::NamePattern;
use crate::value::{Number, Value};

/// `addtotals fieldname=Total fields`: the sum of those of the fields that are
/// numbers [Search Reference, "addtotals"]. Without one there is no sum `[U]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddTotals {
    /// Where the sum of a row goes; None where there is none.
    pub name: Option<String>,
    /// The fields; none for all but those whose names begin with `_`.
    pub fields: Vec<NamePattern>,
    /// A row behind the others, of their sums.
    pub sums: Option<Sums>,
}

/// The row of the sums of columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    /// The field that says what the row is.
    pub label_field: Option<String>,
    /// What it says.
    pub label: String,
}

impl AddTotals {
    pub(super) fn apply(&self, mut rows: Vec<Row>, context: &Context<'_>) -> Vec<Row> {
        let mut room = Room::of(&rows, context);
        let sums = self.sums.as_ref().map(|sums| self.sums(sums, &rows));
        // The row of sums has a sum as well.
        if let Some(sums) = sums.filter(|sums| room.take(sums.bytes())) {
            rows.push(sums);
        }
        if let Some(name) = &self.name {
            for row in &mut rows {
                let columns = row.columns().iter();
                let numbers = columns.filter(|(name, _)| self.covers(name));
                let numbers = numbers.filter_map(|(_, value)| value.number());
                if let Some(total) = numbers.reduce(add) {
                    row.set(name, Value::Number(plain(total)));
                }
            }
        }
        rows
    }

    fn covers(&self, name: &str) -> bool {
        match self.fields.is_empty() {
            true => !name.starts_with('_'),
            false => self.fields.iter().any(|field| field.matches(name)),
        }
    }

    fn sums(&self, sums: &Sums, rows: &[Row]) -> Row {
        let mut row = Row::new(Identity {
            latest: rows.iter().filter_map(|row| row.identity.latest).max(),
            ..Identity::default()
        });
        for (name, value) in rows.iter().flat_map(Row::columns) {
            let Some(number) = value.number().filter(|_| self.covers(name)) else {
                continue;
            };
            let sum = match row.get(name).number() {
                Some(sum) => add(sum, number),
                None => number,
            };
            row.set(name, Value::Number(plain(sum)));
        }
        if let Some(field) = &sums.label_field {
            row.set(field, Value::Text(sums.label.clone()));
        }
        row
    }
}

fn add(sum: Number, number: Number) -> Number {
    let added = Operator::Add.apply(Value::Number(sum), &Value::Number(number));
    added.number().unwrap_or(sum)
}

/// A sum of times is no time.
fn plain(total: Number) -> Number {
    match total {
        Number::Time(time) => Number::from_f64(time.as_f64()).unwrap_or(total),
        total => total,
    }
}

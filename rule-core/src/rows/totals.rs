//! `addtotals`: the sum of a row's fields.

use alloc::string::String;
use alloc::vec::Vec;

use super::row::Row;
use crate::rows::eval::Operator;
use crate::search::NamePattern;
use crate::value::{Number, Value};

/// `addtotals fieldname=Total fields`: the sum of those of the fields that are
/// numbers [Search Reference, "addtotals"]. Without one there is no sum `[U]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddTotals {
    /// Where the sum goes.
    pub name: String,
    /// The fields; none for all but those whose names begin with `_`.
    pub fields: Vec<NamePattern>,
}

impl AddTotals {
    pub(super) fn apply(&self, row: &mut Row) {
        let columns = row.columns().iter();
        let numbers = columns.filter_map(|(name, value)| {
            let covered = match self.fields.is_empty() {
                true => !name.starts_with('_'),
                false => self.fields.iter().any(|field| field.matches(name)),
            };
            value.number().filter(|_| covered).map(Value::Number)
        });
        let total = numbers.reduce(|sum, number| Operator::Add.apply(&sum, &number));
        if let Some(Value::Number(total)) = total {
            let total = match total {
                Number::Time(time) => Number::from_f64(time.as_f64()).unwrap_or(total),
                total => total,
            };
            row.set(&self.name, Value::Number(total));
        }
    }
}

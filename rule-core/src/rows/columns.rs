//! Columns of rows: `table`, `fields`, `fillnull`.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::room::Room;
use super::row::{Row, column_bytes};
use crate::search::NamePattern;
use crate::value::Value;

pub(super) fn fill(row: &mut Row, field: &str, value: &str, room: &mut Room<'_>) {
    if row.get(field).is_null() {
        room.set(row, field, Value::Text(String::from(value)));
    }
}

/// The columns of `table` and `fillnull`: a name is one, a pattern those of any row.
pub(super) fn columns_of(patterns: &[NamePattern], rows: &[Row]) -> Vec<String> {
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut columns: Vec<String> = Vec::new();
    let mut add = |name: &str| {
        if !known.contains(name) {
            known.insert(String::from(name));
            columns.push(String::from(name));
        }
    };
    for pattern in patterns {
        match pattern.literal() {
            Some(name) => add(name),
            None => {
                let names = rows
                    .iter()
                    .flat_map(|row| row.columns().iter().map(|(name, _)| name));
                names
                    .filter(|name| pattern.covers(name))
                    .for_each(|name| add(name));
            }
        }
    }
    columns
}

/// What a row has not is null, as far as there is room for that.
pub(super) fn take_columns(row: &mut Row, columns: &[String], room: &mut Room<'_>) {
    let mut taken = Vec::new();
    for name in columns {
        let value = row.get(name).clone();
        if !value.is_null() || room.take(column_bytes(name, &value)) {
            taken.push((name.clone(), value));
        }
    }
    row.replace_columns(taken, true);
}

/// `fields`: in the order of the list, then what begins with `_`.
pub(super) fn keep(row: &mut Row, patterns: &[NamePattern], room: &mut Room<'_>) {
    let mut kept: Vec<(String, Value)> = Vec::new();
    let columns = row.take_columns();
    for pattern in patterns {
        match pattern.literal() {
            Some(name) => {
                if kept.iter().all(|(column, _)| column != name) {
                    let value = columns.iter().find(|(column, _)| column == name);
                    let value = value.map(|(_, value)| value.clone()).unwrap_or_default();
                    if !value.is_null() || room.take(column_bytes(name, &value)) {
                        kept.push((String::from(name), value));
                    }
                }
            }
            None => {
                let further = columns.iter().filter(|(name, _)| pattern.matches(name));
                for (name, value) in further {
                    if kept.iter().all(|(column, _)| column != name) {
                        kept.push((name.clone(), value.clone()));
                    }
                }
            }
        }
    }
    for (name, value) in columns {
        if name.starts_with('_') && kept.iter().all(|(column, _)| *column != name) {
            kept.push((name, value));
        }
    }
    row.replace_columns(kept, true);
}

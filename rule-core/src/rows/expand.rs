//! Several values of a field: `mvexpand`, `makemv`, `nomv`.

use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::eval::Regex;
use super::room::Room;
use super::row::Row;
use super::steps::Steps;
use crate::value::Value;

/// `mvexpand`: a row a value, in their order; a row without the field stays as it
/// is [Search Reference, "mvexpand"].
pub(super) fn mvexpand(
    field: &str,
    limit: Option<usize>,
    rows: Vec<Row>,
    context: &Context<'_>,
) -> Vec<Row> {
    let mut room = Room::of(&rows, context);
    let mut expanded = Vec::new();
    for mut row in rows {
        let Value::Many(values) = row.get(field).clone() else {
            expanded.push(row);
            continue;
        };
        row.set(field, Value::Null);
        let others = row.bytes();
        for value in values.into_iter().take(limit.unwrap_or(usize::MAX)) {
            let length = value.text().map_or(0, |text| text.len());
            if !room.take(others.saturating_add(length)) {
                continue;
            }
            let mut one = row.clone();
            // Rows of one group are told apart by what they were expanded to.
            if let Some(by) = &mut one.identity.by {
                by.push(value.text().unwrap_or_default().into_owned());
            }
            one.set(field, value);
            expanded.push(one);
        }
    }
    expanded
}

/// `makemv delim=... allowempty=... field` [Search Reference, "makemv"].
#[derive(Clone, Debug)]
pub struct MakeMv {
    /// The field.
    pub field: String,
    /// Where a text is parted.
    pub parting: Parting,
    /// Are empty values kept? Else a run of delimiters counts as one.
    pub allow_empty: bool,
}

/// Where `makemv` parts a text.
#[derive(Clone, Debug)]
pub enum Parting {
    /// At what stands between two values.
    Delimiter(String),
    /// The first group of each match is a value; without a match there is none `[U]`.
    Tokenizer(Regex),
}

impl MakeMv {
    /// The values of a field's value.
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let mut room = Room::of(core::slice::from_ref(row), context);
        let steps = Steps::of(row, context);
        let Some(text) = row.get(&self.field).text() else {
            return;
        };
        let mut values = Vec::new();
        let mut add = |part: &str| {
            if (self.allow_empty || !part.is_empty()) && room.take(part.len().saturating_add(32)) {
                values.push(Value::Text(String::from(part)));
            }
        };
        match &self.parting {
            Parting::Delimiter(delimiter) => text.split(delimiter.as_str()).for_each(&mut add),
            Parting::Tokenizer(regex) => {
                for found in regex.matches(&text, &steps) {
                    found.group(1).into_iter().for_each(&mut add);
                }
            }
        }
        drop(text);
        row.set(&self.field, Value::from_list(values));
    }
}

/// `nomv`: the values as one, with line feeds between them.
pub(super) fn nomv(field: &str, row: &mut Row) {
    if let Value::Many(_) = row.get(field) {
        let text = row.get(field).text().unwrap_or_default().into_owned();
        row.set(field, Value::Text(text));
    }
}

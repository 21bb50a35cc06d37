//! `replace`: other values for values.

use alloc::string::String;
use alloc::vec::Vec;

use super::room::Room;
use super::row::Row;
use crate::search::NamePattern;
use crate::value::Value;

/// `replace "x*" WITH "y*" IN fields`: a pattern covers the whole value, with
/// case, and what its wildcards stand for goes where the new value has them
/// [Search Reference, "replace"].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replace {
    /// What is replaced by what.
    pub pairs: Vec<(NamePattern, NamePattern)>,
    /// In these fields; none for all but those whose names begin with `_`.
    pub fields: Vec<NamePattern>,
}

impl Replace {
    /// By a longer value as far as there is room for it.
    pub(super) fn apply(&self, row: &mut Row, room: &mut Room<'_>) {
        let mut columns = row.take_columns();
        for (name, value) in &mut columns {
            let covered = match self.fields.is_empty() {
                true => !name.starts_with('_'),
                false => self.fields.iter().any(|field| field.matches(name)),
            };
            if covered {
                let values = value.each().iter();
                let values = values.map(|one| {
                    let replaced = self.replaced(one);
                    let more = replaced.text_bytes().saturating_sub(one.text_bytes());
                    match room.take(more) {
                        true => replaced,
                        false => one.clone(),
                    }
                });
                *value = Value::from_list(values.collect());
            }
        }
        row.replace_columns(columns, false);
    }

    /// A text without wildcards goes before patterns, and of several that cover the
    /// value the one written last `[U]`.
    fn replaced(&self, value: &Value) -> Value {
        let Some(text) = value.text() else {
            return Value::Null;
        };
        let covering = |literal: bool| {
            let mut pairs = self.pairs.iter().rev();
            pairs.find_map(|(from, to)| match from.literal().is_some() == literal {
                true => from.captures(&text).map(|captures| to.fill(&captures)),
                false => None,
            })
        };
        let replaced: Option<String> = covering(true).or_else(|| covering(false));
        replaced.map_or_else(|| value.clone(), Value::Text)
    }
}

//! `rex` and `regex`: what a regular expression finds in a field.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::eval::{Occurrences, Regex, Replacement};
use super::room::Room;
use super::row::Row;
use super::steps::Steps;
use crate::value::Value;

/// `rex field=f "(?<name>...)"`: the named groups as fields [Search Reference,
/// "rex"]. Where nothing matches, or a group took no part, fields stay as they are
/// `[U]`. Of several values each is looked into, in their order `[U]`.
#[derive(Clone, Debug)]
pub struct Rex {
    /// The field that is looked into.
    pub field: String,
    /// The expression.
    pub regex: Regex,
    /// How many matches count; None for all.
    pub max_match: Option<usize>,
}

impl Rex {
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let names: Vec<(usize, &str)> = self.regex.names().collect();
        let mut found: Vec<Vec<Value>> = names.iter().map(|_| Vec::new()).collect();
        let mut room = Room::of(core::slice::from_ref(row), context);
        let values = row.get(&self.field).each();
        let texts: Vec<_> = values.iter().filter_map(Value::text).collect();
        let steps = Steps::of(row, context);
        let matches = texts
            .iter()
            .flat_map(|text| self.regex.matches(text, &steps));
        for one in matches.take(self.max_match.unwrap_or(usize::MAX)) {
            for ((group, _), values) in names.iter().zip(&mut found) {
                let Some(text) = one.group(*group) else {
                    continue;
                };
                if !room.take(text.len().saturating_add(32)) {
                    break;
                }
                values.push(Value::Text(String::from(text)));
            }
        }
        drop(texts);
        for ((_, name), values) in names.iter().zip(found) {
            if !values.is_empty() {
                row.set(name, Value::from_list(values));
            }
        }
    }
}

/// `rex mode=sed`: other text in a field, in each of its values.
#[derive(Clone, Debug)]
pub struct Sed {
    /// The field.
    pub field: String,
    /// What is done.
    pub script: Script,
}

/// An expression of sed.
#[derive(Clone, Debug)]
pub enum Script {
    /// `s/regex/text/flags`
    Substitute(Regex, Replacement, Occurrences),
    /// `y/abc/xyz/`: each character by another.
    Characters(BTreeMap<char, char>),
}

impl Sed {
    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>, room: &mut Room<'_>) {
        let steps = Steps::of(row, context);
        let values = row.get(&self.field).each().iter();
        let changed = values.map(|value| {
            let changed = self.changed(value, &steps);
            let more = changed.text_bytes().saturating_sub(value.text_bytes());
            match room.take(more) {
                true => changed,
                false => value.clone(),
            }
        });
        let changed = changed.collect();
        row.set(&self.field, Value::from_list(changed));
    }

    /// What would become longer than a text can be stays as it is, and what there are no
    /// steps left for.
    fn changed(&self, value: &Value, steps: &Steps<'_>) -> Value {
        let Some(text) = value.text() else {
            return Value::Null;
        };
        let changed = match &self.script {
            Script::Substitute(regex, by, which) => regex.replace(&text, by, *which, steps),
            Script::Characters(pairs) => {
                let letters = text.chars();
                Some(
                    letters
                        .map(|one| *pairs.get(&one).unwrap_or(&one))
                        .collect(),
                )
            }
        };
        match changed {
            Some(changed) if changed != *text => Value::Text(changed),
            _ => value.clone(),
        }
    }
}

/// `regex f="..."`: keeps the rows in which it matches, with `!=` those in which it
/// does not [Search Reference, "regex"].
#[derive(Clone, Debug)]
pub struct Matching {
    /// The field that is looked into.
    pub field: String,
    /// The expression.
    pub regex: Regex,
    /// `!=`
    pub negated: bool,
}

impl Matching {
    /// A row without the field stays with `!=` `[U]`; of several values any will do.
    pub(super) fn keeps(&self, row: &Row, context: &Context<'_>) -> bool {
        let steps = Steps::of(row, context);
        let mut texts = row.get(&self.field).each().iter().filter_map(Value::text);
        texts.any(|text| self.regex.is_match(&text, &steps)) != self.negated
    }
}

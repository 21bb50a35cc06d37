//! `convert`: times as text.

use alloc::string::String;
use alloc::vec::Vec;

use super::command::Context;
use super::name_pattern::NamePattern;
use super::row::Row;
use crate::time::strftime;
use crate::value::Value;

/// One `ctime(field) AS name`: seconds since the epoch as text, by a format of
/// [`strftime`], in the user's zone. The fraction is cut off [Search Reference,
/// "convert", by example]. What is no number stays as it is `[U]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convert {
    field: NamePattern,
    alias: Option<String>,
    format: String,
}

impl Convert {
    /// The format where none is given [Search Reference, "convert"].
    pub const DEFAULT_FORMAT: &'static str = "%m/%d/%Y %H:%M:%S";

    /// `ctime(field) AS alias` in a format.
    #[must_use]
    pub fn ctime(field: NamePattern, alias: Option<String>, format: String) -> Self {
        Convert {
            field,
            alias,
            format,
        }
    }

    /// The fields that it reads.
    #[must_use]
    pub fn field(&self) -> &NamePattern {
        &self.field
    }

    pub(super) fn apply(&self, row: &mut Row, context: &Context<'_>) {
        let names: Vec<String> = match self.field.literal() {
            Some(name) => alloc::vec![String::from(name)],
            None => row
                .columns()
                .iter()
                .map(|(name, _)| name)
                .filter(|name| self.field.matches(name))
                .cloned()
                .collect(),
        };
        for name in names {
            let value = row.get(&name);
            if value.is_null() {
                continue;
            }
            let texts = value
                .each()
                .iter()
                .map(|one| self.text(one, context))
                .collect();
            let target = self.alias.as_deref().unwrap_or(&name);
            row.set(target, Value::from_list(texts));
        }
    }

    fn text(&self, value: &Value, context: &Context<'_>) -> Value {
        match value.number().and_then(|number| number.as_time()) {
            Some(time) => Value::Text(strftime(time, &self.format, context.zone)),
            None => value.clone(),
        }
    }
}

//! Kinds of events as data: what tells them from others, what they are tagged with, and
//! what their fields under the names of the Common Information Model are made of.
//!
//! This is what Splunk's add-ons do when a search runs: `process_name` of an event of
//! Sysmon is the last part of its `Image`, and the event is tagged `process`. An event can
//! be of several kinds: of each field the first that gives it a value counts, and what the
//! event says itself under that name counts before them all.

mod compiled;
mod part;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

pub(super) use compiled::{Compiled, Slots};
pub(crate) use part::Origin;
use part::Part;

use crate::settings::{Section, SettingError, texts, wrong};

/// One kind of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// What tells them: each of these fields of theirs has one of its values, which may
    /// have wildcards.
    pub when: Vec<(String, Vec<String>)>,
    /// What they are tagged with.
    pub tags: Vec<String>,
    /// Field to what it is made of: the first part that has a value.
    fields: BTreeMap<String, Vec<Part>>,
}

impl Kind {
    /// Reads `sources.events` of a configuration.
    pub(super) fn list_from_json(section: &Section<'_>) -> Result<Vec<Self>, SettingError> {
        let mut kinds = Vec::new();
        for (number, kind) in section.list("events")?.iter().enumerate() {
            let at = format!("sources.events[{number}]");
            kinds.push(Kind::from_json(kind, &at)?);
        }
        Ok(kinds)
    }

    fn from_json(value: &Value, at: &str) -> Result<Self, SettingError> {
        let section = Section::new(value, at, &["when", "tags", "fields"])?;
        let mut when = Vec::new();
        for (field, values) in section.map_of("when")? {
            let at = format!("{at}.when.{field}");
            let values =
                texts(values).ok_or_else(|| wrong(&at, "a text or a list of texts", values))?;
            when.push((field.clone(), values));
        }
        if when.is_empty() {
            let message = format!("`{at}.when` must say what tells these events from others");
            return Err(SettingError::new(message));
        }
        let mut fields = BTreeMap::new();
        for (field, parts) in section.map_of("fields")? {
            let at = format!("{at}.fields.{field}");
            fields.insert(field.clone(), Part::list_from_json(parts, &at)?);
        }
        Ok(Kind {
            when,
            tags: section.texts("tags")?,
            fields,
        })
    }

    /// Where the values come from that it makes of a field.
    pub(crate) fn origins(&self, field: &str) -> impl Iterator<Item = Origin<'_>> {
        let parts = self.fields.get(field).into_iter().flatten();
        parts.flat_map(Part::origins)
    }
}

#[cfg(test)]
mod tests;

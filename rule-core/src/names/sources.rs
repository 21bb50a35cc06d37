//! The name tables as data.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use super::kinds::Kind;
use super::models::Models;
use crate::settings::{Section, SettingError, texts, wrong};

/// What is known of sources: `sources` of a configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// Splunk field to raw paths, best first.
    pub(super) fields: BTreeMap<String, Vec<String>>,
    /// Where any other field is looked for besides its own name.
    pub(super) data_prefixes: Vec<String>,
    /// Arrays of unnamed values: raw path to the name that is counted on.
    pub(super) positional: BTreeMap<String, String>,
    /// Where the values for message templates stand, in order: prefixes end in
    /// a point.
    pub(super) inserts: Vec<String>,
    /// Channel to sourcetype.
    pub(super) sourcetypes: BTreeMap<String, String>,
    /// The source of an event with a channel; `$Channel$` is replaced.
    pub(super) source: Option<String>,
    /// Channel to index.
    pub(super) indexes: BTreeMap<String, String>,
    /// (Provider, event code) to message template.
    pub(super) messages: BTreeMap<(String, String), String>,
    /// Kinds of events, in the order in which they give fields their values.
    pub(super) kinds: Vec<Kind>,
    /// The datasets of data models.
    models: Models,
    /// Eventtype to the search that defines it.
    eventtypes: BTreeMap<String, String>,
    /// Tag to the search that defines it.
    tags: BTreeMap<String, String>,
}

impl Sources {
    /// Reads the tables of a configuration.
    ///
    /// # Errors
    /// Unknown keys and values of the wrong type, with their place.
    pub fn from_json(value: &Value) -> Result<Self, SettingError> {
        let section = Section::new(
            value,
            "sources",
            &[
                "fields",
                "data_prefixes",
                "positional",
                "inserts",
                "sourcetypes",
                "source",
                "indexes",
                "messages",
                "events",
                "models",
                "eventtypes",
                "tags",
            ],
        )?;
        let mut fields = BTreeMap::new();
        for (name, paths) in section.map_of("fields")? {
            let paths = texts(paths).ok_or_else(|| {
                wrong(&format!("sources.fields.{name}"), "a list of texts", paths)
            })?;
            fields.insert(name.clone(), paths);
        }
        let mut positional = BTreeMap::new();
        for entry in section.list("positional")? {
            let entry = Section::new(entry, "sources.positional", &["path", "name"])?;
            let (path, name) = (required(&entry, "path")?, required(&entry, "name")?);
            positional.insert(path, name);
        }
        let mut messages = BTreeMap::new();
        for entry in section.list("messages")? {
            let keys = ["provider", "event_code", "template"];
            let entry = Section::new(entry, "sources.messages", &keys)?;
            let key = (
                required(&entry, "provider")?,
                required(&entry, "event_code")?,
            );
            messages.insert(key, required(&entry, "template")?);
        }
        let table = |key| {
            section
                .text_map(key)
                .map(|pairs| pairs.into_iter().collect())
        };
        Ok(Sources {
            fields,
            data_prefixes: section.texts("data_prefixes")?,
            positional,
            inserts: section.texts("inserts")?,
            sourcetypes: table("sourcetypes")?,
            source: section.text("source")?.map(String::from),
            indexes: table("indexes")?,
            messages,
            kinds: Kind::list_from_json(&section)?,
            models: Models::from_json(&section)?,
            eventtypes: table("eventtypes")?,
            tags: table("tags")?,
        })
    }

    /// These tables over those: entries of `self` win, its paths and prefixes
    /// come first.
    #[must_use]
    pub fn over(mut self, below: &Sources) -> Sources {
        for (name, paths) in &below.fields {
            let own = self.fields.entry(name.clone()).or_default();
            own.extend(
                paths
                    .iter()
                    .filter(|path| !own.contains(path))
                    .cloned()
                    .collect::<Vec<_>>(),
            );
        }
        for (own, other) in [
            (&mut self.data_prefixes, &below.data_prefixes),
            (&mut self.inserts, &below.inserts),
        ] {
            let further: Vec<String> = other
                .iter()
                .filter(|path| !own.contains(path))
                .cloned()
                .collect();
            own.extend(further);
        }
        for (own, other) in [
            (&mut self.positional, &below.positional),
            (&mut self.sourcetypes, &below.sourcetypes),
            (&mut self.indexes, &below.indexes),
            (&mut self.eventtypes, &below.eventtypes),
            (&mut self.tags, &below.tags),
        ] {
            for (key, value) in other {
                own.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        for (key, value) in &below.messages {
            self.messages
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        }
        self.kinds.extend(below.kinds.iter().cloned());
        self.models = self.models.over(&below.models);
        self.source = self.source.or_else(|| below.source.clone());
        self
    }

    /// The names of eventtypes with the searches that define them.
    pub fn eventtypes(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.eventtypes)
    }

    /// The messages that can be built: the provider of each, and its template.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (&str, &str)> {
        let messages = self.messages.iter();
        messages.map(|((provider, _), template)| (provider.as_str(), template.as_str()))
    }

    /// Kinds of events, in the order in which they give fields their values.
    #[must_use]
    pub fn kinds(&self) -> &[Kind] {
        &self.kinds
    }

    /// The datasets of data models.
    #[must_use]
    pub fn models(&self) -> &Models {
        &self.models
    }

    /// The names of tags with the searches that define them.
    pub fn tags(&self) -> impl Iterator<Item = (&str, &str)> {
        pairs(&self.tags)
    }
}

fn pairs(map: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    map.iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
}

fn required(section: &Section<'_>, key: &str) -> Result<String, SettingError> {
    match section.text(key)? {
        Some(text) => Ok(String::from(text)),
        None => Err(SettingError::new(format!(
            "`{}` is missing",
            section.path(key)
        ))),
    }
}

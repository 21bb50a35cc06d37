//! Data models as data: which events are in a dataset, and where its fields come from.
//!
//! A dataset is what `tstats` asks: `Processes` of the model `Endpoint`, whose fields a
//! search calls `Processes.process_name`. The tables say by which of their own fields events
//! are recognised, and what each field of the dataset is made of [Common Information Model
//! Add-on, "data models"]. An event is in a dataset by the first source that takes it.
//!
//! What an event has under the name of such a field itself counts before what the tables
//! make of it; whether it is in the dataset the tables say alone.

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

/// The datasets that are known, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Models {
    datasets: BTreeMap<String, Dataset>,
}

/// A dataset of a data model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// The data model that it is of.
    pub model: String,
    /// Datasets below it: name to the search over the fields of this one that they take.
    pub children: BTreeMap<String, String>,
    /// What a field is where the event says nothing; others have no value then.
    defaults: BTreeMap<String, String>,
    /// Where its events come from, in the order in which they are tried.
    sources: Vec<EventSource>,
}

/// One kind of events of a dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventSource {
    /// What tells them: each of these fields of theirs has one of its values, which may
    /// have wildcards.
    pub when: Vec<(String, Vec<String>)>,
    /// Field of the dataset to what it is made of: the first part that has a value.
    fields: BTreeMap<String, Vec<Part>>,
    /// Fields that are not in `fields` are the event's own of the same name.
    as_named: bool,
}

impl Models {
    /// Reads the tables: `sources.models` of a configuration.
    pub(super) fn from_json(section: &Section<'_>) -> Result<Self, SettingError> {
        let mut datasets = BTreeMap::new();
        for (name, value) in section.map_of("models")? {
            let at = format!("sources.models.{name}");
            datasets.insert(name.clone(), Dataset::from_json(value, &at)?);
        }
        Ok(Models { datasets })
    }

    /// These tables over those: of a dataset that both have, the sources of `self` are
    /// tried first.
    pub(super) fn over(mut self, below: &Models) -> Models {
        for (name, dataset) in &below.datasets {
            let own = self.datasets.remove(name).unwrap_or_default();
            self.datasets.insert(name.clone(), own.over(dataset));
        }
        self
    }

    /// The dataset of this name.
    #[must_use]
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.get(name)
    }

    /// The datasets of a data model, by name.
    pub fn of_model(&self, model: &str) -> impl Iterator<Item = (&str, &Dataset)> {
        let all = self.datasets.iter();
        let of_it = all.filter(move |(_, dataset)| dataset.model == model);
        of_it.map(|(name, dataset)| (name.as_str(), dataset))
    }

    /// All datasets, each with its data model before it.
    pub fn paths(&self) -> impl Iterator<Item = String> {
        let all = self.datasets.iter();
        all.map(|(name, dataset)| format!("{}.{name}", dataset.model))
    }

    /// The dataset that a field is of, and the field's name in it: of
    /// `Processes.process_name`, or of `All_Changes.Instance_Changes.image_id` by way of a
    /// dataset below.
    #[must_use]
    pub fn split<'f>(&self, field: &'f str) -> Option<(&Dataset, &'f str, &'f str)> {
        let (name, rest) = field.split_once('.')?;
        let dataset = self.datasets.get(name)?;
        let inner = match rest.split_once('.') {
            Some((child, inner)) if dataset.children.contains_key(child) => inner,
            _ => rest,
        };
        Some((dataset, name, inner))
    }

    /// Where the values of a dataset's field come from; None for any other field.
    pub(crate) fn origins<'m>(&'m self, field: &'m str) -> Option<Vec<Origin<'m>>> {
        let (dataset, _, inner) = self.split(field)?;
        let mut origins = Vec::new();
        for source in &dataset.sources {
            match source.fields.get(inner) {
                Some(parts) => origins.extend(parts.iter().flat_map(Part::origins)),
                None if source.as_named => origins.push(Origin::Field(inner)),
                None => {}
            }
        }
        if let Some(text) = dataset.defaults.get(inner) {
            origins.push(Origin::Constants(alloc::vec![text]));
        }
        Some(origins)
    }
}

impl Dataset {
    fn from_json(value: &Value, at: &str) -> Result<Self, SettingError> {
        let section = Section::new(value, at, &["model", "children", "defaults", "events"])?;
        let mut defaults = BTreeMap::new();
        for (text, fields) in section.map_of("defaults")? {
            let at = format!("{at}.defaults.{text}");
            let fields = texts(fields).ok_or_else(|| wrong(&at, "a list of texts", fields))?;
            defaults.extend(fields.into_iter().map(|field| (field, text.clone())));
        }
        let mut sources = Vec::new();
        for (number, event) in section.list("events")?.iter().enumerate() {
            let at = format!("{at}.events[{number}]");
            sources.push(EventSource::from_json(event, &at)?);
        }
        Ok(Dataset {
            model: section.text("model")?.map(String::from).unwrap_or_default(),
            children: crate::entries::map(section.text_map("children")?),
            defaults,
            sources,
        })
    }

    fn over(mut self, below: &Dataset) -> Dataset {
        if self.model.is_empty() {
            self.model.clone_from(&below.model);
        }
        for (own, other) in [
            (&mut self.children, &below.children),
            (&mut self.defaults, &below.defaults),
        ] {
            for (key, text) in other {
                own.entry(key.clone()).or_insert_with(|| text.clone());
            }
        }
        self.sources.extend(below.sources.iter().cloned());
        self
    }

    /// Where its events come from, in the order in which they are tried.
    #[must_use]
    pub fn sources(&self) -> &[EventSource] {
        &self.sources
    }
}

impl EventSource {
    fn from_json(value: &Value, at: &str) -> Result<Self, SettingError> {
        let section = Section::new(value, at, &["when", "fields", "as_named"])?;
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
        Ok(EventSource {
            when,
            fields,
            as_named: section.flag("as_named")?.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests;

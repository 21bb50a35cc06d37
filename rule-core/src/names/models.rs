//! Data models as data: the datasets that `tstats` asks.
//!
//! A dataset is a search: `Processes` of the model `Endpoint` has the events that are
//! tagged `process`. What it calls `Processes.process_name` is their field `process_name`,
//! or a text that stands for one that an event lacks [Common Information Model Add-on, "data
//! models"].

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

use serde_json::Value;

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
    /// The search for its events.
    pub search: String,
    /// Datasets below it: name to the search over its fields that they take.
    pub children: BTreeMap<String, String>,
    /// What a field is where the event says nothing; others have no value then.
    pub(super) defaults: BTreeMap<String, String>,
}

impl Models {
    /// Reads `sources.models` of a configuration.
    pub(super) fn from_json(section: &Section<'_>) -> Result<Self, SettingError> {
        let mut datasets = BTreeMap::new();
        for (name, value) in section.map_of("models")? {
            let at = format!("sources.models.{name}");
            datasets.insert(name.clone(), Dataset::from_json(value, &at)?);
        }
        Ok(Models { datasets })
    }

    /// These tables over those.
    pub(super) fn over(mut self, below: &Models) -> Models {
        for (name, dataset) in &below.datasets {
            let own = self.datasets.remove(name).unwrap_or_default();
            self.datasets.insert(name.clone(), own.over(dataset));
        }
        self
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

    /// Of a field of a dataset, the event's field that it is, and what stands for it where
    /// the event lacks it: of `Processes.process_name`, or of
    /// `All_Changes.Instance_Changes.image_id` by way of a dataset below.
    #[must_use]
    pub fn field<'f>(&self, field: &'f str) -> Option<(&'f str, Option<&str>)> {
        let (name, rest) = field.split_once('.')?;
        let dataset = self.datasets.get(name)?;
        let inner = match rest.split_once('.') {
            Some((child, inner)) if dataset.children.contains_key(child) => inner,
            _ => rest,
        };
        Some((inner, dataset.defaults.get(inner).map(String::as_str)))
    }
}

impl Dataset {
    fn from_json(value: &Value, at: &str) -> Result<Self, SettingError> {
        let section = Section::new(value, at, &["model", "search", "children", "defaults"])?;
        let mut defaults = BTreeMap::new();
        for (text, fields) in section.map_of("defaults")? {
            let at = format!("{at}.defaults.{text}");
            let fields = texts(fields).ok_or_else(|| wrong(&at, "a list of texts", fields))?;
            defaults.extend(fields.into_iter().map(|field| (field, text.clone())));
        }
        let text = |key| section.text(key).map(|text| text.map(String::from));
        Ok(Dataset {
            model: text("model")?.unwrap_or_default(),
            search: text("search")?.unwrap_or_default(),
            children: crate::entries::map(section.text_map("children")?),
            defaults,
        })
    }

    fn over(mut self, below: &Dataset) -> Dataset {
        for (own, other) in [
            (&mut self.model, &below.model),
            (&mut self.search, &below.search),
        ] {
            if own.is_empty() {
                own.clone_from(other);
            }
        }
        for (own, other) in [
            (&mut self.children, &below.children),
            (&mut self.defaults, &below.defaults),
        ] {
            for (key, text) in other {
                own.entry(key.clone()).or_insert_with(|| text.clone());
            }
        }
        self
    }
}

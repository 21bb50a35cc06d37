//! What an input is begun with: what is taken for granted of its events.

use serde_json::{Map, Value, json};

use super::{RuleError, timezone};
use crate::input::Format;

/// What is taken for granted of the events of an input, over the configuration's
/// defaults.
#[derive(Debug, Clone, Default)]
pub struct InputSettings(Map<String, Value>);

impl InputSettings {
    /// Takes these, each where it is given: the sourcetype and host of events that
    /// have none, and the time zone of times without one (see [`timezone`]).
    ///
    /// # Errors
    ///
    /// When the time zone is not known.
    pub fn new(
        sourcetype: Option<&str>,
        host: Option<&str>,
        zone: Option<&str>,
    ) -> Result<Self, RuleError> {
        let mut settings = Map::new();
        for (key, value) in [("sourcetype", sourcetype), ("host", host)] {
            if let Some(value) = value {
                settings.insert(key.to_owned(), json!(value));
            }
        }
        if let Some(zone) = zone {
            settings.insert("timezone".to_owned(), timezone(zone)?);
        }
        Ok(Self(settings))
    }

    /// Whether nothing is taken for granted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts them into a configuration's defaults.
    pub(super) fn write_to(&self, defaults: &mut Map<String, Value>) {
        defaults.extend(self.0.clone());
    }

    /// The settings of one input, as `rule_input` takes them.
    #[must_use]
    pub fn of_input(&self, name: &str, format: Format) -> Value {
        let mut settings = self.0.clone();
        settings.insert("name".to_owned(), json!(name));
        settings.insert("format".to_owned(), json!(format.abi_name()));
        Value::Object(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_given_is_said() {
        let nothing = InputSettings::new(None, None, None).expect("nothing");
        let expected = json!({"name": "a.json", "format": "json"});
        assert_eq!(nothing.of_input("a.json", Format::Ndjson), expected);

        let all = InputSettings::new(Some("s"), Some("h"), Some("UTC")).expect("known");
        let expected = json!({
            "name": "a", "format": "auto", "sourcetype": "s", "host": "h", "timezone": "UTC",
        });
        assert_eq!(all.of_input("a", Format::Auto), expected);

        assert!(InputSettings::new(None, None, Some("nowhere")).is_err());
    }
}

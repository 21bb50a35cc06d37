//! What an input is begun with: what is taken for granted of its events.

use serde_json::{Map, Value, json};

use super::{RuleError, timezone};
use crate::input::Format;

/// What is taken for granted of the events of an input, over the configuration's
/// defaults.
#[derive(Debug, Clone, Default)]
pub struct InputSettings(Map<String, Value>);

/// What [`InputSettings`] are made of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Granted<'a> {
    /// The sourcetype of events that do not tell theirs.
    pub sourcetype: Option<&'a str>,
    /// The source of events that do not tell theirs.
    pub source: Option<&'a str>,
    /// The host of events that do not tell theirs.
    pub host: Option<&'a str>,
    /// The time zone of times without one.
    pub timezone: Option<&'a str>,
}

impl InputSettings {
    /// Takes these, each where it is given: the sourcetype, source and host of events that
    /// have none, and the time zone of times without one (see [`timezone`]).
    ///
    /// # Errors
    ///
    /// When the time zone is not known.
    pub fn new(granted: &Granted<'_>) -> Result<Self, RuleError> {
        let mut settings = Map::new();
        for (key, value) in [
            ("sourcetype", granted.sourcetype),
            ("source", granted.source),
            ("host", granted.host),
        ] {
            if let Some(value) = value {
                settings.insert(key.to_owned(), json!(value));
            }
        }
        if let Some(zone) = granted.timezone {
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
        let nothing = InputSettings::new(&Granted::default()).expect("nothing");
        let expected = json!({"name": "a.json", "format": "json"});
        assert_eq!(nothing.of_input("a.json", Format::Ndjson), expected);

        let granted = Granted {
            sourcetype: Some("s"),
            source: Some("f"),
            host: Some("h"),
            timezone: Some("UTC"),
        };
        let all = InputSettings::new(&granted).expect("known");
        let expected = json!({
            "name": "a", "format": "auto",
            "sourcetype": "s", "source": "f", "host": "h", "timezone": "UTC",
        });
        assert_eq!(all.of_input("a", Format::Auto), expected);

        let nowhere = Granted {
            timezone: Some("nowhere"),
            ..granted
        };
        assert!(InputSettings::new(&nowhere).is_err());
    }
}

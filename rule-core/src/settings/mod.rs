//! Reading settings: JSON whose unknown keys and wrong types are errors that
//! say where, what, and what would be right.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::spl::nearest;

/// What is wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingError {
    /// Is it a key that nobody knows, rather than a value that is wrong?
    pub unknown_key: bool,
    /// What is wrong, where, and what to do.
    pub message: String,
}

impl SettingError {
    /// A value that is wrong.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        SettingError {
            unknown_key: false,
            message: message.into(),
        }
    }
}

impl core::fmt::Display for SettingError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.message)
    }
}

/// An object of settings, with the place it stands at for messages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'v> {
    map: &'v Map<String, Value>,
    at: &'v str,
}

impl<'v> Section<'v> {
    /// The object at `at` (empty for the whole configuration), with no keys but
    /// these.
    pub(crate) fn new(value: &'v Value, at: &'v str, known: &[&str]) -> Result<Self, SettingError> {
        let Value::Object(map) = value else {
            return Err(wrong(at, "an object", value));
        };
        // The first by name: in which order a map keeps its keys depends on the
        // features that serde_json was built with.
        let unknown_keys = map.keys().filter(|key| !known.contains(&key.as_str()));
        if let Some(key) = unknown_keys.min() {
            return Err(SettingError {
                unknown_key: true,
                message: unknown(key, at, known),
            });
        }
        Ok(Section { map, at })
    }

    /// The value of a key; None where it is missing or null.
    pub(crate) fn get(&self, key: &str) -> Option<&'v Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'v str>, SettingError> {
        self.typed(key, "a text", Value::as_str)
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, SettingError> {
        self.typed(key, "true or false", Value::as_bool)
    }

    pub(crate) fn count(&self, key: &str) -> Result<Option<u64>, SettingError> {
        self.typed(key, "a whole number, not negative", Value::as_u64)
    }

    pub(crate) fn texts(&self, key: &str) -> Result<Vec<String>, SettingError> {
        let Some(value) = self.get(key) else {
            return Ok(Vec::new());
        };
        texts(value).ok_or_else(|| wrong(&self.path(key), "a list of texts", value))
    }

    /// An object of texts: `{"key": "text"}`.
    pub(crate) fn text_map(&self, key: &str) -> Result<Vec<(String, String)>, SettingError> {
        let mut pairs = Vec::new();
        for (name, value) in self.map_of(key)? {
            let text = value
                .as_str()
                .ok_or_else(|| wrong(&format!("{}.{name}", self.path(key)), "a text", value))?;
            pairs.push((name.clone(), text.to_string()));
        }
        Ok(pairs)
    }

    /// The entries of an object whose keys are the user's.
    pub(crate) fn map_of(
        &self,
        key: &str,
    ) -> Result<impl Iterator<Item = (&'v String, &'v Value)> + use<'v>, SettingError> {
        let map = match self.get(key) {
            None => None,
            Some(Value::Object(map)) => Some(map),
            Some(other) => return Err(wrong(&self.path(key), "an object", other)),
        };
        Ok(map.into_iter().flatten())
    }

    /// The entries of a list.
    pub(crate) fn list(&self, key: &str) -> Result<&'v [Value], SettingError> {
        match self.get(key) {
            None => Ok(&[]),
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(wrong(&self.path(key), "a list", other)),
        }
    }

    /// Where a key stands, for messages: `limits.record`.
    pub(crate) fn path(&self, key: &str) -> String {
        if self.at.is_empty() {
            key.to_string()
        } else {
            format!("{}.{key}", self.at)
        }
    }

    fn typed<T>(
        &self,
        key: &str,
        what: &str,
        read: impl Fn(&'v Value) -> Option<T>,
    ) -> Result<Option<T>, SettingError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        read(value)
            .map(Some)
            .ok_or_else(|| wrong(&self.path(key), what, value))
    }
}

/// A list of texts, or one text for a list of one.
pub(crate) fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(alloc::vec![text.clone()]),
        Value::Array(values) => values
            .iter()
            .map(|value| value.as_str().map(ToString::to_string))
            .collect(),
        _ => None,
    }
}

/// A value of the wrong type.
pub(crate) fn wrong(at: &str, what: &str, value: &Value) -> SettingError {
    let shown: String = value.to_string().chars().take(60).collect();
    let place = if at.is_empty() {
        String::from("the configuration")
    } else {
        format!("`{at}`")
    };
    // A YAML reader takes `y`, `no` and `3` for what they are without quotes.
    let hint = match value {
        Value::Bool(_) | Value::Number(_) if what.ends_with("text") => ": put it in quotes",
        _ => "",
    };
    SettingError::new(format!("{place} must be {what}, not `{shown}`{hint}"))
}

fn unknown(key: &str, at: &str, known: &[&str]) -> String {
    let shown: String = key.chars().take(60).collect();
    let place = if at.is_empty() {
        String::new()
    } else {
        format!(" in `{at}`")
    };
    match nearest(key, known.iter().copied()) {
        Some(name) => format!("unknown key `{shown}`{place}: did you mean `{name}`?"),
        None => format!("unknown key `{shown}`{place}: the keys are {}", list(known)),
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const KNOWN: [&str; 3] = ["window", "limits", "sourcetype"];

    #[test]
    fn unknown_keys_name_the_nearest() {
        for (key, at, wanted) in [
            ("windw", "", "unknown key `windw`: did you mean `window`?"),
            (
                "source_type",
                "defaults",
                "unknown key `source_type` in `defaults`: did you mean `sourcetype`?",
            ),
            (
                "x",
                "",
                "unknown key `x`: the keys are `window`, `limits`, `sourcetype`",
            ),
        ] {
            let value = json!({ key: 1 });
            let error = Section::new(&value, at, &KNOWN).unwrap_err();
            assert!(error.unknown_key);
            assert_eq!(error.message, wanted);
        }
    }

    #[test]
    fn wrong_types_say_what_is_right() {
        let value = json!({"window": 5, "limits": "x", "sourcetype": null});
        let section = Section::new(&value, "", &KNOWN).unwrap();
        assert_eq!(
            section.text("window").unwrap_err().message,
            "`window` must be a text, not `5`: put it in quotes"
        );
        assert_eq!(
            section.count("limits").unwrap_err().message,
            "`limits` must be a whole number, not negative, not `\"x\"`"
        );
        assert_eq!(section.text("sourcetype").unwrap(), None);
        assert_eq!(
            Section::new(&json!([]), "", &KNOWN).unwrap_err().message,
            "the configuration must be an object, not `[]`"
        );
    }
}

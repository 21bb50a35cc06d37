//! What `rule_input` is told.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use super::{from_section, parse};
use crate::frame::Format;
use crate::names::Defaults;
use crate::session::error::SessionError;
use crate::settings::{Section, SettingError, wrong};

/// What is asked for.
#[derive(Clone, Debug)]
pub(in crate::session) enum InputCall {
    /// A new input.
    Begins(InputSettings),
    /// A stream that was set aside goes on.
    GoesOn(String),
    /// A stream ends.
    Ends(String),
}

/// The settings of one input.
#[derive(Clone, Debug, Default)]
pub(in crate::session) struct InputSettings {
    pub(in crate::session) name: String,
    pub(in crate::session) format: Format,
    /// Where its first byte stands.
    pub(in crate::session) offset: u64,
    /// The name by which it can go on after another input.
    pub(in crate::session) stream: Option<String>,
    /// What the input says itself; the zone only where it says one.
    pub(in crate::session) defaults: Defaults,
    zone_given: bool,
    /// The text that it was read from.
    pub(in crate::session) text: Vec<u8>,
}

const KEYS: [&str; 10] = [
    "name",
    "format",
    "host",
    "source",
    "sourcetype",
    "timezone",
    "offset",
    "stream",
    "goes_on",
    "ends",
];

impl InputCall {
    pub(in crate::session) fn parse(text: &[u8]) -> Result<Self, SessionError> {
        let value = parse(text)?;
        let section = Section::new(&value, "", &KEYS)?;
        let flag = |key: &str| match section.get(key) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| wrong(key, "`true` or `false`", value)),
        };
        let named = |key: &str| match section.text("stream")? {
            Some(stream) => Ok(String::from(stream)),
            None => Err(SettingError::new(format!(
                "`{key}` needs the `stream` that it is about"
            ))),
        };
        match (flag("goes_on")?, flag("ends")?) {
            (true, true) => {
                let message = String::from("a stream either `goes_on` or `ends`, not both");
                Err(SettingError::new(message).into())
            }
            (true, false) => Ok(InputCall::GoesOn(named("goes_on")?)),
            (false, true) => Ok(InputCall::Ends(named("ends")?)),
            (false, false) => Ok(InputCall::Begins(settings(&section, text)?)),
        }
    }
}

fn settings(section: &Section<'_>, text: &[u8]) -> Result<InputSettings, SessionError> {
    let format = match section.text("format")?.unwrap_or("auto") {
        "auto" => Format::Auto,
        "json" => Format::Json,
        "xml" => Format::Xml,
        "text" => Format::Text,
        "csv" => Format::Csv,
        _ => {
            let given = section.get("format").unwrap_or(&Value::Null);
            return Err(wrong("format", "`auto`, `json`, `xml`, `text` or `csv`", given).into());
        }
    };
    Ok(InputSettings {
        name: section.text("name")?.unwrap_or_default().to_string(),
        format,
        offset: section.count("offset")?.unwrap_or(0),
        stream: section.text("stream")?.map(String::from),
        defaults: from_section(section)?,
        zone_given: section.get("timezone").is_some(),
        text: text.to_vec(),
    })
}

impl InputSettings {
    /// What events of the input take where they say nothing: its own settings,
    /// then those of the session.
    pub(in crate::session) fn over(&self, session: &Defaults) -> Defaults {
        let own = &self.defaults;
        Defaults {
            host: own.host.clone().or_else(|| session.host.clone()),
            source: own.source.clone().or_else(|| session.source.clone()),
            sourcetype: own
                .sourcetype
                .clone()
                .or_else(|| session.sourcetype.clone()),
            zone: if self.zone_given {
                own.zone.clone()
            } else {
                session.zone.clone()
            },
            now: session.now,
        }
    }
}

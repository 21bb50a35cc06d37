//! A detection: a search with a name, a schedule and a risk, in the published
//! YAML form (as JSON here; the module carries no YAML).
//!
//! A detection needs `name`, `id` and `search`; all else is optional, and keys
//! that mean nothing here (`how_to_implement`, `references`, `tests`, ...) are
//! passed over. The risk is read in both published forms: the block `rba`, and
//! before it the keys `message`, `observable`, `impact` and `confidence` of
//! `tags`.

mod risk;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde_json::Value;

use crate::settings::Section;

pub use risk::{ObjectKind, Risk, RiskObject, ThreatObject};

/// A detection.
#[derive(Clone, Debug, PartialEq)]
pub struct Detection {
    /// Its id, a UUID in the published content.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version, as it was written: 3, or 3.1.
    pub version: Option<Value>,
    /// `Anomaly`, `TTP`, `Hunting`, `Correlation`.
    pub kind: Option<String>,
    /// The search, as it was written.
    pub search: String,
    /// When it runs.
    pub schedule: ScheduleText,
    /// What a result row risks.
    pub risk: Option<Risk>,
    /// ATT&CK techniques.
    pub attack: Vec<String>,
    /// Analytic stories.
    pub stories: Vec<String>,
}

/// A schedule as a detection writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScheduleText {
    /// When it runs.
    pub cron: String,
    /// The start of its span.
    pub earliest: String,
    /// The end of its span.
    pub latest: String,
}

/// The schedule that published detections get where they name none
/// [contentctl, the default deployment of Splunk Security Content].
impl Default for ScheduleText {
    fn default() -> Self {
        ScheduleText {
            cron: "0 * * * *".to_string(),
            earliest: "-70m@m".to_string(),
            latest: "-10m@m".to_string(),
        }
    }
}

/// Why a document is no detection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectionError {
    /// What is wrong and what to do.
    pub message: String,
    /// The name of the detection, where it has one.
    pub detection: Option<String>,
}

impl Detection {
    /// Reads a detection.
    ///
    /// # Errors
    /// Where `name`, `id` or `search` is missing, or a part that is read has
    /// another type than the published form.
    pub fn from_json(value: &Value) -> Result<Detection, DetectionError> {
        let reader = Reader {
            value,
            name: value.get("name").and_then(Value::as_str),
        };
        if !value.is_object() {
            return Err(
                reader.error("a detection must be an object with `name`, `id` and `search`")
            );
        }
        let tags = value.get("tags").unwrap_or(&Value::Null);
        Ok(Detection {
            name: reader.required("name")?,
            id: reader.required("id")?,
            search: reader.required("search")?,
            version: value
                .get("version")
                .filter(|version| !version.is_null())
                .cloned(),
            kind: reader.optional(value, "type")?,
            schedule: reader.schedule()?,
            risk: risk::read(&reader)?,
            attack: reader.texts(tags, "mitre_attack_id")?,
            stories: reader.texts(tags, "analytic_story")?,
        })
    }
}

/// Reads parts of a document, with errors that name it.
struct Reader<'v> {
    value: &'v Value,
    name: Option<&'v str>,
}

impl<'v> Reader<'v> {
    fn error(&self, message: impl Into<String>) -> DetectionError {
        DetectionError {
            message: message.into(),
            detection: self.name.map(String::from),
        }
    }

    fn required(&self, key: &str) -> Result<String, DetectionError> {
        match self.optional(self.value, key)? {
            Some(text) if !text.trim().is_empty() => Ok(text),
            _ => Err(self.error(format!("the detection has no `{key}`: it needs one"))),
        }
    }

    fn optional(&self, from: &Value, key: &str) -> Result<Option<String>, DetectionError> {
        match from.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(self.wrong(key, "a text", other)),
        }
    }

    fn texts(&self, from: &Value, key: &str) -> Result<Vec<String>, DetectionError> {
        match from.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(value) => crate::settings::texts(value)
                .ok_or_else(|| self.wrong(key, "a list of texts", value)),
        }
    }

    fn list(&self, from: &'v Value, key: &str) -> Result<&'v [Value], DetectionError> {
        match from.get(key) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(values)) => Ok(values),
            Some(other) => Err(self.wrong(key, "a list", other)),
        }
    }

    /// A whole number; a fraction is cut.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a fraction is cut, and a number beyond i64 comes to its end"
    )]
    fn whole(&self, from: &Value, key: &str) -> Result<Option<i64>, DetectionError> {
        match from.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Number(number)) => Ok(number
                .as_i64()
                .or_else(|| number.as_f64().map(|value| value as i64))),
            Some(other) => Err(self.wrong(key, "a number", other)),
        }
    }

    fn wrong(&self, key: &str, what: &str, value: &Value) -> DetectionError {
        self.error(crate::settings::wrong(key, what, value).message)
    }

    /// `schedule`, or the block `scheduling` of a deployment.
    fn schedule(&self) -> Result<ScheduleText, DetectionError> {
        let deployment = self.value.get("deployment").unwrap_or(&Value::Null);
        let block = self
            .value
            .get("schedule")
            .or_else(|| self.value.get("scheduling"))
            .or_else(|| deployment.get("scheduling"))
            .filter(|block| !block.is_null());
        let Some(block) = block else {
            return Ok(ScheduleText::default());
        };
        let known = [
            "cron_schedule",
            "cron",
            "earliest_time",
            "earliest",
            "latest_time",
            "latest",
            "schedule_window",
        ];
        Section::new(block, "schedule", &known).map_err(|error| self.error(error.message))?;
        let default = ScheduleText::default();
        let part = |keys: [&str; 2], default: String| -> Result<String, DetectionError> {
            for key in keys {
                if let Some(text) = self.optional(block, key)? {
                    return Ok(text);
                }
            }
            Ok(default)
        };
        Ok(ScheduleText {
            cron: part(["cron_schedule", "cron"], default.cron)?,
            earliest: part(["earliest_time", "earliest"], default.earliest)?,
            latest: part(["latest_time", "latest"], default.latest)?,
        })
    }
}

#[cfg(test)]
mod tests;

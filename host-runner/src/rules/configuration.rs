//! The configuration that a set of rules is opened with.
//!
//! Three things say it, and a later one wins: the module, the configuration file,
//! the options. What the rules inside the module say is not repeated here: a
//! configuration without detections leaves them as they are.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{
    DETECTIONS, Detection, InputSettings, Lookups, Macros, RuleError, files, timezone, yaml,
};

/// What the user set for a run.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The configuration file, for messages.
    pub origin: Option<String>,
    /// The configuration file's content.
    pub file: Map<String, Value>,
    /// The detections; with none those of the file, else those in the module.
    pub detections: Vec<Detection>,
    /// Do the others run where a detection cannot?
    pub skip_refused: bool,
    /// The macros, over those of the file.
    pub macros: Macros,
    /// The tables for `lookup`, over those of the file.
    pub lookups: Lookups,
    /// The windows.
    pub window: Option<Window>,
    /// As many events behind each row go with the alert.
    pub samples: Option<u32>,
    /// What becomes of late events.
    pub late: Option<Late>,
    /// Whether rows are given before their window closes, too.
    pub early: bool,
    /// Is every record decoded?
    pub strict: bool,
    /// What tells the time, where the file does not say it.
    pub clock: Option<&'static str>,
    /// Limits, each where the file does not say it.
    pub limits: Map<String, Value>,
    /// What is taken for granted of events, over what the file says.
    pub defaults: InputSettings,
    /// Which records go on where each is given by itself.
    pub records: Option<Records>,
    /// Whether a packed module takes no other rules.
    pub sealed: bool,
}

impl Settings {
    /// Reads a configuration file, YAML or JSON.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is no mapping of keys to values.
    pub fn read_file(&mut self, path: &Path) -> Result<(), RuleError> {
        self.origin = Some(path.display().to_string());
        match yaml::read(path, yaml::Twice::Refused)? {
            Value::Object(file) => {
                self.file = file;
                Ok(())
            }
            Value::Null => Ok(()),
            _ => Err(RuleError::content(
                path,
                "a configuration is a mapping of keys to values",
            )),
        }
    }

    /// Adds the detections of a folder, all the way down; those that cannot run are left
    /// out when the others are opened. A YAML file that is no detection is passed over.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or is no YAML, and where there is no detection.
    pub fn add_folder(&mut self, path: &Path) -> Result<(), RuleError> {
        let before = self.detections.len();
        for file in files(path, DETECTIONS)? {
            self.detections.extend(Detection::from_file_if_any(&file)?);
        }
        self.skip_refused = true;
        match self.detections.len() > before {
            true => Ok(()),
            false => Err(RuleError::content(
                path,
                "no detection is in this folder: a detection's YAML has the key `search`",
            )),
        }
    }

    /// The configuration as `rule_open` takes it.
    ///
    /// # Errors
    ///
    /// When a time zone is not known.
    pub fn to_json(&self) -> Result<Value, RuleError> {
        let mut all = self.file.clone();
        if !self.detections.is_empty() {
            let bodies = self
                .detections
                .iter()
                .map(|detection| detection.body.clone())
                .collect();
            all.insert("detections".to_owned(), Value::Array(bodies));
        }
        if self.skip_refused {
            all.insert("refused".to_owned(), json!("skip"));
        }
        if !self.macros.is_empty()
            && let Value::Object(macros) = all.entry("macros").or_insert_with(|| json!({}))
        {
            self.macros.write_to(macros);
        }
        if !self.lookups.is_empty()
            && let Value::Object(lookups) = all.entry("lookups").or_insert_with(|| json!({}))
        {
            self.lookups.write_to(lookups);
        }
        if let Some(zone) = all
            .get_mut("defaults")
            .and_then(|defaults| defaults.get_mut("timezone"))
            && let Value::String(name) = zone
        {
            *zone = timezone(name)?;
        }
        if let Some(window) = &self.window {
            all.insert("window".to_owned(), window.to_json());
        }
        if let Some(samples) = self.samples {
            all.insert("samples".to_owned(), json!(samples));
        }
        if let Some(late) = self.late {
            late.write_to(&mut all);
        }
        if self.early {
            all.insert("early".to_owned(), json!(true));
        }
        if self.strict {
            all.insert("strict".to_owned(), json!(true));
        }
        if let Some(clock) = self.clock {
            all.entry("clock").or_insert_with(|| json!(clock));
        }
        if !self.defaults.is_empty()
            && let Value::Object(defaults) = all.entry("defaults").or_insert_with(|| json!({}))
        {
            self.defaults.write_to(defaults);
        }
        if let Some(records) = self.records {
            all.insert("records".to_owned(), json!(records.name()));
        }
        if self.sealed {
            all.insert("sealed".to_owned(), json!(true));
        }
        if !self.limits.is_empty()
            && let Value::Object(limits) = all.entry("limits").or_insert_with(|| json!({}))
        {
            for (key, value) in &self.limits {
                limits.entry(key.as_str()).or_insert_with(|| value.clone());
            }
        }
        Ok(Value::Object(all))
    }
}

/// Which records go on from a filter that each is given to by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Records {
    /// All of them; those that match carry their alert
    Annotate,
    /// Those that carry an alert
    Alerts,
}

impl Records {
    fn name(self) -> &'static str {
        match self {
            Self::Annotate => "annotate",
            Self::Alerts => "alerts",
        }
    }
}

/// What becomes of events that come after their window has closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Late {
    /// They are given in alerts of their own
    Report,
    /// The window's row is given again, with them in it
    Amend,
}

impl Late {
    /// Says the mode; how long closed windows are kept stays as the file says it.
    fn write_to(self, all: &mut Map<String, Value>) {
        let mode = match self {
            Self::Report => "report",
            Self::Amend => "amend",
        };
        match all.get_mut("late") {
            Some(Value::Object(late)) => late.insert("mode".to_owned(), json!(mode)),
            _ => all.insert("late".to_owned(), json!(mode)),
        };
    }
}

/// The windows that events are sorted into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// Those of the detection's schedule.
    Schedule,
    /// One, without beginning or end.
    All,
    /// Those that the user gives, each time as a length such as `10m`.
    Given(Map<String, Value>),
}

impl Window {
    const KEYS: [&'static str; 3] = ["every", "offset", "delay"];

    /// The window as `rule_open` takes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Schedule => json!("schedule"),
            Self::All => json!("all"),
            Self::Given(parts) => Value::Object(parts.clone()),
        }
    }
}

impl std::str::FromStr for Window {
    type Err = String;

    /// Reads `schedule`, `all`, or `every=1h,offset=50m,delay=10m` with the last
    /// two left out at will.
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "schedule" => return Ok(Self::Schedule),
            "all" => return Ok(Self::All),
            _ => {}
        }
        let mut parts = Map::new();
        for part in text.split(',') {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            let (key, value) = (key.trim(), value.trim());
            if !Self::KEYS.contains(&key) || value.is_empty() {
                return Err(format!(
                    "`{part}` is none of `schedule`, `all`, `every=1h`, `offset=50m`, `delay=10m`"
                ));
            }
            if parts.insert(key.to_owned(), json!(value)).is_some() {
                return Err(format!("`{key}` is given twice"));
            }
        }
        match parts.contains_key("every") {
            true => Ok(Self::Given(parts)),
            false => Err("a window needs its length, such as `every=1h`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Granted;

    #[test]
    fn windows() {
        for (text, expected) in [
            ("schedule", Ok(json!("schedule"))),
            ("all", Ok(json!("all"))),
            ("every=1h", Ok(json!({"every": "1h"}))),
            (
                "every=1h,offset=50m,delay=10m",
                Ok(json!({"every": "1h", "offset": "50m", "delay": "10m"})),
            ),
            ("offset=50m", Err("`every=1h`")),
            ("every=1h,every=2h", Err("given twice")),
            ("every", Err("`every` is none of")),
            ("hourly", Err("`hourly` is none of")),
        ] {
            match (text.parse::<Window>(), expected) {
                (Ok(window), Ok(expected)) => assert_eq!(window.to_json(), expected, "{text}"),
                (Err(error), Err(part)) => assert!(error.contains(part), "{text}: {error}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn options_win_over_the_file() {
        let mut settings = Settings::default();
        let file = json!({
            "macros": {"a": {"definition": "file"}, "b": {"definition": "file"}},
            "defaults": {"host": "file", "timezone": "Europe/Berlin"},
            "window": "all",
            "samples": 1,
            "limits": {"state": 1},
        });
        settings.file = file.as_object().expect("an object").clone();
        settings.macros.add_text("a=option").expect("a macro");
        settings.window = Some(Window::Schedule);
        settings.limits.insert("state".to_owned(), json!(2));
        settings.limits.insert("record".to_owned(), json!(2));
        let all = settings.to_json().expect("a configuration");
        assert_eq!(all["macros"]["a"]["definition"], json!("option"));
        assert_eq!(all["macros"]["b"]["definition"], json!("file"));
        assert_eq!(all["defaults"]["host"], json!("file"));
        assert_eq!(all["defaults"]["timezone"]["name"], json!("Europe/Berlin"));
        assert_eq!(all["window"], json!("schedule"));
        assert_eq!(all["samples"], json!(1));
        assert_eq!(
            all["limits"],
            json!({"state": 1, "record": 2}),
            "the file knows better"
        );
        assert_eq!(all.get("detections"), None, "the rules in the module stay");
    }

    #[test]
    fn what_is_packed_beside_the_rules() {
        let mut settings = Settings {
            defaults: InputSettings::new(&Granted {
                sourcetype: Some("option"),
                ..Granted::default()
            })
            .expect("settings"),
            records: Some(Records::Alerts),
            sealed: true,
            ..Settings::default()
        };
        let file = json!({"defaults": {"host": "file", "sourcetype": "file"}});
        settings.file = file.as_object().expect("an object").clone();
        let all = settings.to_json().expect("a configuration");
        assert_eq!(
            all,
            json!({
                "defaults": {"host": "file", "sourcetype": "option"},
                "records": "alerts",
                "sealed": true,
            })
        );
    }

    #[test]
    fn late_keeps_what_the_file_says_beside_the_mode() {
        for (file, expected) in [
            (json!({}), json!("amend")),
            (json!({"late": "report"}), json!("amend")),
            (
                json!({"late": {"mode": "report", "keep": "2h"}}),
                json!({"mode": "amend", "keep": "2h"}),
            ),
        ] {
            let settings = Settings {
                file: file.as_object().expect("an object").clone(),
                late: Some(Late::Amend),
                ..Settings::default()
            };
            let all = settings.to_json().expect("a configuration");
            assert_eq!(all["late"], expected, "{file}");
        }
    }

    #[test]
    fn the_clock_of_the_file_wins() {
        let mut settings = Settings {
            clock: Some("host"),
            ..Settings::default()
        };
        assert_eq!(settings.to_json().expect("json")["clock"], json!("host"));
        settings.file.insert("clock".to_owned(), json!("record"));
        assert_eq!(settings.to_json().expect("json")["clock"], json!("record"));
    }

    #[test]
    fn nothing_set_is_nothing_said() {
        assert_eq!(
            Settings::default().to_json().expect("a configuration"),
            json!({})
        );
    }
}

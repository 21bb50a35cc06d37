//! The published form of tests: under its key `tests` a detection names logs, by URLs or
//! paths, and over the logs of each test it must find something.
//!
//! This is the form that contentctl tests with. It loads the logs with their sourcetype
//! and source, runs the search over all time, and wants one row or more:
//! <https://github.com/splunk/contentctl>, `attack_data` and `unit_test`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::logs::Logs;
use super::play::{Events, Expected, Input, NotPlayed, Play, Test};
use crate::input::Format;
use crate::rules::{Detection, Granted, InputSettings, RuleError, Settings, Window};

/// A test as it is published.
#[derive(Deserialize)]
struct Published {
    attack_data: Vec<Log>,
}

/// A log of a test.
#[derive(Deserialize)]
struct Log {
    /// Its URL, or its path.
    data: String,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    sourcetype: Option<String>,
    #[serde(default)]
    host: Option<String>,
}

/// The tests of a detection under the settings of the command line; none where it has
/// none, or the file is no detection. Logs are looked for in the folders `data`.
pub(super) fn read(
    path: &Path,
    settings: &Settings,
    data: &[PathBuf],
) -> Result<Vec<Test>, RuleError> {
    let Some(detection) = Detection::from_file_if_any(path)? else {
        return Ok(Vec::new());
    };
    let tests = match detection.body.get("tests") {
        Some(Value::Array(tests)) => tests.clone(),
        _ => return Ok(Vec::new()),
    };
    let by_hand = detection.body.pointer("/tags/manual_test");
    let by_hand = by_hand.and_then(Value::as_str).map(str::to_owned);
    let mut settings = settings.clone();
    if !settings.file.contains_key("window") {
        settings.window = Some(Window::All);
    }
    settings.detections.push(detection);
    let logs = Logs {
        beside: path.parent().unwrap_or(Path::new("")),
        folders: data,
    };
    let tests = tests
        .into_iter()
        .map(|test| read_test(test, by_hand.as_deref(), &settings, &logs));
    Ok(tests.collect())
}

/// A test; `by_hand` is why its detection cannot be tested but by hand.
fn read_test(test: Value, by_hand: Option<&str>, settings: &Settings, logs: &Logs<'_>) -> Test {
    let name = test
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let what = match (by_hand, serde_json::from_value::<Published>(test)) {
        (Some(why), _) => Err(NotPlayed::Skipped(format!("it is tested by hand: {why}"))),
        (None, Ok(test)) => test.play(settings, logs),
        (None, Err(error)) => Err(NotPlayed::Wrong(format!(
            "a test has logs under `attack_data`, each with its URL or path in `data`: {error}"
        ))),
    };
    Test { name, what }
}

impl Published {
    fn play(self, settings: &Settings, logs: &Logs<'_>) -> Result<Play, NotPlayed> {
        if self.attack_data.is_empty() {
            return Err(NotPlayed::Wrong(
                "its `attack_data` names no log".to_owned(),
            ));
        }
        let inputs = self.attack_data.iter().map(|log| {
            let granted = Granted {
                sourcetype: log.sourcetype.as_deref(),
                source: log.source.as_deref(),
                host: log.host.as_deref(),
                timezone: None,
            };
            Ok(Input {
                events: Events::File(logs.find(&log.data).map_err(NotPlayed::Skipped)?),
                format: Format::Auto,
                settings: InputSettings::new(&granted)
                    .map_err(|error| NotPlayed::Wrong(error.to_string()))?,
            })
        });
        Ok(Play {
            inputs: inputs.collect::<Result<_, _>>()?,
            settings: settings.clone(),
            expected: Expected::Something,
        })
    }
}

//! Our own form of tests: a file that names a detection and holds cases, each with its
//! events and the rows that must come out.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::play::{Events, Expected, Input, NotPlayed, Play, Row, Test};
use crate::cli::SettingOptions;
use crate::input::Format;
use crate::rules::{
    Detection, Granted, InputSettings, RuleError, Settings, Twice, Window, read_yaml,
};

/// A test file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The detection, its path from this file.
    detection: PathBuf,
    /// Macros, files or folders, their paths from this file.
    #[serde(default)]
    macros: Vec<PathBuf>,
    tests: Vec<Case>,
}

/// A test case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// The events as text.
    #[serde(default)]
    input: Option<String>,
    /// The events as a file, its path from the test file.
    #[serde(default)]
    file: Option<PathBuf>,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    sourcetype: Option<String>,
    #[serde(default)]
    source: Option<String>,
    #[serde(default)]
    host: Option<String>,
    #[serde(default)]
    timezone: Option<String>,
    #[serde(default)]
    window: Option<Value>,
    /// The rows that must come out.
    rows: Vec<Row>,
}

/// The tests of a file.
pub(super) fn read(path: &Path, options: &SettingOptions) -> Result<Vec<Test>, RuleError> {
    let file: File = read_yaml(path, Twice::Refused)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut settings = Settings::default();
    for macros in &file.macros {
        settings.macros.add_path(&folder.join(macros))?;
    }
    // What the command line says wins over what the file says.
    options.add_to(&mut settings)?;
    settings
        .detections
        .push(Detection::from_file(&folder.join(&file.detection))?);
    let tests = file.tests.into_iter().map(|case| Test {
        name: case.name.clone(),
        what: case.play(folder, &settings).map_err(NotPlayed::Wrong),
    });
    Ok(tests.collect())
}

impl Case {
    /// What it runs; `folder` is that of the test file.
    fn play(self, folder: &Path, settings: &Settings) -> Result<Play, String> {
        let mut settings = settings.clone();
        if let Some(window) = &self.window {
            settings.window = Some(read_window(window)?);
        }
        let granted = Granted {
            sourcetype: self.sourcetype.as_deref(),
            source: self.source.as_deref(),
            host: self.host.as_deref(),
            timezone: self.timezone.as_deref(),
        };
        let input = Input {
            settings: InputSettings::new(&granted).map_err(|error| error.to_string())?,
            format: match &self.format {
                Some(name) => read_format(name)?,
                None => Format::Auto,
            },
            events: match (self.input, self.file) {
                (Some(text), None) => Events::Here {
                    name: self.name,
                    text,
                },
                (None, Some(path)) => Events::File(folder.join(path)),
                _ => {
                    return Err(
                        "a case has its events in `input`, or in a file that `file` names"
                            .to_owned(),
                    );
                }
            },
        };
        Ok(Play {
            settings,
            inputs: vec![input],
            expected: Expected::Rows(self.rows),
        })
    }
}

/// A window as a test file gives it: a word, or `every`, `offset` and `delay`.
fn read_window(window: &Value) -> Result<Window, String> {
    match window {
        Value::String(text) => text.parse(),
        Value::Object(parts) => Ok(Window::Given(parts.clone())),
        _ => Err(
            "`window` is `schedule`, `all`, or has the keys `every`, `offset`, `delay`".to_owned(),
        ),
    }
}

fn read_format(name: &str) -> Result<Format, String> {
    use clap::ValueEnum;
    Format::from_str(name, true).map_err(|_| {
        format!("`format` is `{name}`; it is one of auto, ndjson, xml, text, csv, evtx")
    })
}

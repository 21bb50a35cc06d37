//! A test file, its cases, and what a detection gives for one of them.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::cli::SettingOptions;
use crate::input::{self, Format, Location};
use crate::module::{Instance, ModuleError, PushError, Session};
use crate::rules::{Detection, InputSettings, RuleError, Settings, Twice, Window, read_yaml};

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
pub(super) struct Case {
    pub(super) name: String,
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
    host: Option<String>,
    #[serde(default)]
    timezone: Option<String>,
    #[serde(default)]
    window: Option<Value>,
    /// The rows that must come out.
    pub(super) rows: Vec<Map<String, Value>>,
}

/// The settings of a test file and its cases.
pub(super) fn read(
    path: &Path,
    options: &SettingOptions,
) -> Result<(Settings, Vec<Case>), RuleError> {
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
    Ok((settings, file.tests))
}

/// What a detection gave for a case.
#[derive(Debug)]
pub(super) struct Found {
    /// The rows, in their order.
    pub(super) rows: Vec<Map<String, Value>>,
    /// What is said of events that are malformed, where there are any.
    pub(super) malformed: Option<String>,
}

/// Why a case gave no rows.
#[derive(Debug)]
pub(super) enum Problem {
    /// The case cannot be run.
    Case(String),
    /// The module refused or failed.
    Module(ModuleError),
}

impl From<ModuleError> for Problem {
    fn from(error: ModuleError) -> Self {
        Self::Module(error)
    }
}

impl From<RuleError> for Problem {
    fn from(error: RuleError) -> Self {
        Self::Case(error.to_string())
    }
}

impl Case {
    /// Runs the detection over the case's events; `file` is the test file.
    pub(super) fn run(
        &self,
        instance: &mut Instance,
        file: &Path,
        settings: &Settings,
    ) -> Result<Found, Problem> {
        let mut settings = settings.clone();
        if let Some(window) = &self.window {
            settings.window = Some(read_window(window).map_err(Problem::Case)?);
        }
        let mut session = instance.open(&settings.to_json()?)?;
        self.feed(&mut session, file)?;
        session.finish()?;
        let mut rows = Vec::new();
        loop {
            let lines = session.alerts()?;
            if lines.is_empty() {
                break;
            }
            let lines = lines.split(|&byte| byte == b'\n');
            for line in lines.filter(|line| !line.is_empty()) {
                let alert: Alert = serde_json::from_slice(line).map_err(|error| {
                    Problem::Case(format!("an alert of the module cannot be read: {error}"))
                })?;
                rows.extend(alert.row);
            }
        }
        let counters = session.counters()?;
        let malformed = counters.malformed_samples.first().map(|sample| {
            format!(
                "{} of the events are malformed; the first, at byte {}: {}",
                counters.malformed, sample.offset, sample.reason
            )
        });
        Ok(Found { rows, malformed })
    }

    /// Gives the case's events to a session.
    fn feed(&self, session: &mut Session<'_>, file: &Path) -> Result<(), Problem> {
        let settings = InputSettings::new(
            self.sourcetype.as_deref(),
            self.host.as_deref(),
            self.timezone.as_deref(),
        )?;
        let format = match &self.format {
            Some(name) => read_format(name).map_err(Problem::Case)?,
            None => Format::Auto,
        };
        let path = match (&self.input, &self.file) {
            (Some(text), None) => {
                session.input(&settings.of_input(&self.name, format))?;
                session.push(text.as_bytes())?;
                return Ok(());
            }
            (None, Some(path)) => file.parent().unwrap_or(Path::new("")).join(path),
            _ => {
                return Err(Problem::Case(
                    "a case has its events in `input`, or in a file that `file` names".to_owned(),
                ));
            }
        };
        let cannot = |why: &dyn fmt::Display| {
            Problem::Case(format!("cannot read `{}`: {why}", path.display()))
        };
        let location = Location::File(path.clone());
        let mut stream =
            input::open(&location, format, |source| source).map_err(|error| cannot(&error))?;
        session.input(&settings.of_input(&location.name(), stream.format()))?;
        loop {
            match session.push_from(&mut stream) {
                Ok((_, 0)) => break,
                Ok(_) => {}
                Err(PushError::Input(error)) => return Err(cannot(&error)),
                Err(PushError::Module(error)) => return Err(error.into()),
            }
        }
        match stream.take_damage().first() {
            Some(damage) => Err(cannot(&damage.what)),
            None => Ok(()),
        }
    }
}

/// The part of an alert that a case is about.
#[derive(Deserialize)]
struct Alert {
    #[serde(default)]
    row: Option<Map<String, Value>>,
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

//! A test as it is run, whichever form it is written in: a detection over events.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::input::{self, Format, Location};
use crate::module::{Counters, Instance, ModuleError, PushError, Session};
use crate::rules::{InputSettings, RuleError, Settings};

/// A row of a detection.
pub(super) type Row = Map<String, Value>;

/// A test.
pub(super) struct Test {
    pub(super) name: String,
    pub(super) what: Result<Play, NotPlayed>,
}

impl Test {
    /// What stands for the tests of a file that cannot be read.
    pub(super) fn wrong(why: String) -> Self {
        Self {
            name: String::new(),
            what: Err(NotPlayed::Wrong(why)),
        }
    }
}

/// Why a test cannot be run.
#[derive(Debug, PartialEq)]
pub(super) enum NotPlayed {
    /// It is written wrongly.
    Wrong(String),
    /// What it needs is not there.
    Skipped(String),
}

/// A detection over events, and what it must find.
pub(super) struct Play {
    pub(super) settings: Settings,
    pub(super) inputs: Vec<Input>,
    pub(super) expected: Expected,
}

/// What a detection must find.
pub(super) enum Expected {
    /// These rows, in this order.
    Rows(Vec<Row>),
    /// A row or more.
    Something,
}

/// Events, with what is taken for granted of them.
pub(super) struct Input {
    pub(super) events: Events,
    pub(super) format: Format,
    pub(super) settings: InputSettings,
}

/// Where events are.
pub(super) enum Events {
    /// In the test, by whose name they are called.
    Here { name: String, text: String },
    /// In a file.
    File(PathBuf),
}

/// What a detection gave.
pub(super) struct Found {
    /// The rows, in their order.
    pub(super) rows: Vec<Row>,
    pub(super) counters: Counters,
}

impl Found {
    /// What is said of events that are malformed, where there are any.
    pub(super) fn malformed(&self) -> Option<String> {
        self.counters.malformed_samples.first().map(|sample| {
            format!(
                "{} of the events are malformed; the first, at byte {}: {}",
                self.counters.malformed, sample.offset, sample.reason
            )
        })
    }
}

/// Why a detection gave no rows.
#[derive(Debug)]
pub(super) enum Problem {
    /// The events or settings cannot be used.
    Test(String),
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
        Self::Test(error.to_string())
    }
}

impl Play {
    /// Runs the detection over the events.
    pub(super) fn run(&self, instance: &mut Instance) -> Result<Found, Problem> {
        let mut session = instance.open(&self.settings.to_json()?)?;
        for input in &self.inputs {
            input.feed(&mut session)?;
        }
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
                    Problem::Test(format!("an alert of the module cannot be read: {error}"))
                })?;
                rows.extend(alert.row);
            }
        }
        Ok(Found {
            rows,
            counters: session.counters()?,
        })
    }
}

impl Input {
    /// Gives the events to a session.
    fn feed(&self, session: &mut Session<'_>) -> Result<(), Problem> {
        let path = match &self.events {
            Events::Here { name, text } => {
                session.input(&self.settings.of_input(name, self.format))?;
                session.push(text.as_bytes())?;
                return Ok(());
            }
            Events::File(path) => path,
        };
        let cannot = |why: &dyn fmt::Display| {
            Problem::Test(format!("cannot read `{}`: {why}", path.display()))
        };
        let location = Location::File(path.clone());
        let mut stream =
            input::open(&location, self.format, |source| source).map_err(|error| cannot(&error))?;
        session.input(&self.settings.of_input(&location.name(), stream.format()))?;
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

/// The part of an alert that a test is about.
#[derive(Deserialize)]
struct Alert {
    #[serde(default)]
    row: Option<Row>,
}

//! The form of a case: TOML, a file for each subject.
//!
//! ```toml
//! # Why this subject is here.
//! [config]                       # joined with the configuration of each case
//! window = "all"
//!
//! [[case]]
//! name = "or comes before and"
//! search = "A=1 B=2 OR C=3"      # a detection of this search alone
//! hits = ['{"A":1,"C":3}']       # records that match, each in a session of its own
//! misses = ['{"C":3}']           # records that do not
//!
//! [[case]]
//! name = "a count"
//! search = "A=1 | stats count"
//! input = '{"A":1}'              # or `steps`
//! rows = ['{"count":1}']
//! ```
//!
//! TOML has no null and sorts nothing; where that or the order of keys matters,
//! `config` is the JSON as text.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

/// A subject: one file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// What the configuration of each case is joined with; the case's keys win.
    #[serde(default)]
    pub config: toml::Table,
    /// The cases.
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Its name, which no other case of the subject has.
    pub name: String,

    // --- what is done ---
    /// The configuration: a table, or the JSON as text, which is taken as it is.
    pub config: Option<Config>,
    /// A search, for a detection that says nothing else.
    pub search: Option<String>,
    /// One input without settings, instead of `steps`.
    pub input: Option<String>,
    /// What is done between open and finish.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// The input stays in the pushes that it is written in: for what a push may
    /// hold.
    #[serde(default)]
    pub uncut: bool,

    // --- what is expected ---
    /// Records that the first search takes; each is alone in a session.
    #[serde(default)]
    pub hits: Vec<String>,
    /// Records that it does not take.
    #[serde(default)]
    pub misses: Vec<String>,
    /// The alerts, whole lines.
    pub alerts: Option<Vec<String>>,
    /// The members of the alerts by their keys, as JSON text: of each alert one.
    #[serde(default)]
    pub members: BTreeMap<String, Vec<String>>,
    /// The rows of the alerts, as JSON text; short for `members.row`.
    pub rows: Option<Vec<String>>,
    /// The windows of the alerts, as `start/end`.
    pub windows: Option<Vec<String>>,
    /// The counters that are named, at the end.
    pub counters: Option<Value>,
    /// The part of the description that is named.
    pub describe: Option<Value>,
    /// The error of the first call that failed; without it none may.
    pub error: Option<ExpectedError>,
    /// What is asked of `rule_explain`.
    pub explain: Option<Explain>,
}

/// A configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Config {
    /// As it is.
    Text(String),
    /// To be joined with that of the subject.
    Table(toml::Table),
}

/// What is done between open and finish.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Begins an input with these settings.
    Input(Value),
    /// Begins an input with settings as they are written.
    Settings(String),
    /// Pushes text.
    Text(String),
    /// Pushes bytes, in hexadecimal with blanks where they help.
    Hex(String),
    /// Pushes a text a number of times, all at once.
    Repeat(String, usize),
    /// Tells the time, in milliseconds since the epoch.
    Advance(i64),
    /// So many alerts wait after the step before.
    Waiting(usize),
    /// The end of the input; there is one at the end of the steps anyway.
    Finish,
}

/// An error that is expected.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedError {
    /// Its code.
    pub code: String,
    /// A part of its message.
    pub message: String,
    /// The command, function, option or macro, where it names one.
    pub what: Option<String>,
    /// The detection, where it names one.
    pub detection: Option<String>,
    /// The part of its place that is named.
    #[serde(rename = "where")]
    pub place: Option<Value>,
    /// The whole picture.
    pub picture: Option<String>,
}

/// A record against the rules, before any step.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explain {
    /// The record.
    pub record: String,
    /// The whole answer, as JSON text.
    pub gives: Option<String>,
    /// A part of the answer.
    pub holds: Option<Value>,
    /// The error, where the record is none.
    pub error: Option<ExpectedError>,
}

/// The cases of `cases/`, each with the name of its subject and the configuration
/// that it opens with.
///
/// # Errors
/// A file that cannot be read, is no TOML of this form, or has a case that expects
/// nothing.
pub fn collection() -> Result<Vec<(String, Case, Vec<u8>)>, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let read = || {
        let entries = fs::read_dir(&folder)?.map(|entry| Ok(entry?.path()));
        entries.collect::<io::Result<Vec<PathBuf>>>()
    };
    let mut paths = read().map_err(|error| format!("{}: {error}", folder.display()))?;
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let mut collection = Vec::new();
    for path in &paths {
        let subject = path.file_stem().unwrap_or_default().to_string_lossy();
        let cases = fs::read_to_string(path)
            .map_err(|error| error.to_string())
            .and_then(|text| Subject::parse(&text))
            .and_then(Subject::into_cases)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        collection.extend(
            cases
                .into_iter()
                .map(|(case, config)| (subject.to_string(), case, config)),
        );
    }
    Ok(collection)
}

impl Subject {
    /// Reads a subject.
    ///
    /// # Errors
    /// Where the text is no TOML of this form, or two cases have one name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let subject: Subject = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut names: Vec<&str> = subject.cases.iter().map(|case| &*case.name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(format!("two cases are called `{}`", pair[0])),
            None => Ok(subject),
        }
    }

    /// The cases, each with the configuration that it opens with.
    ///
    /// # Errors
    /// Where a case expects nothing.
    pub fn into_cases(self) -> Result<Vec<(Case, Vec<u8>)>, String> {
        let Subject { config, cases } = self;
        let ready = cases.into_iter().map(|case| {
            if case.expects_nothing() {
                return Err(format!("`{}` expects nothing", case.name));
            }
            let bytes = case.configuration(&config);
            Ok((case, bytes))
        });
        ready.collect()
    }
}

impl Case {
    fn expects_nothing(&self) -> bool {
        let waits = |step: &Step| matches!(step, Step::Waiting(_));
        self.hits.is_empty()
            && self.misses.is_empty()
            && self.alerts.is_none()
            && self.members.is_empty()
            && self.rows.is_none()
            && self.windows.is_none()
            && self.counters.is_none()
            && self.describe.is_none()
            && self.error.is_none()
            && self.explain.is_none()
            && !self.steps.iter().any(waits)
    }

    fn configuration(&self, common: &toml::Table) -> Vec<u8> {
        let own = match &self.config {
            Some(Config::Text(text)) => return text.clone().into_bytes(),
            Some(Config::Table(table)) => table.clone(),
            None => toml::Table::new(),
        };
        let mut joined = common.clone();
        joined.extend(own);
        let mut config = json!(joined);
        if let Some(search) = &self.search {
            config["detections"] = json!({"name": "Case", "id": "case", "search": search});
        }
        match config.as_object().is_some_and(serde_json::Map::is_empty) {
            true => Vec::new(),
            false => config.to_string().into_bytes(),
        }
    }

    /// How many bytes are pushed.
    #[must_use]
    pub fn total(&self) -> usize {
        let bytes = self.all_steps().filter_map(|step| step.bytes());
        bytes.map(|bytes| bytes.len()).sum()
    }

    /// What is done, `input` among it.
    pub fn all_steps(&self) -> impl Iterator<Item = Step> + '_ {
        let input = self.input.iter().map(|text| Step::Text(text.clone()));
        input.chain(self.steps.iter().cloned())
    }
}

impl Step {
    /// The bytes that a step pushes.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Step::Text(text) => Some(text.clone().into_bytes()),
            Step::Hex(text) => Some(from_hex(text)),
            Step::Repeat(text, count) => Some(text.repeat(*count).into_bytes()),
            _ => None,
        }
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|digit| !digit.is_whitespace())
        .map(|digit| digit.to_digit(16).expect("a hexadecimal digit"))
        .collect();
    assert!(digits.len().is_multiple_of(2), "two digits are a byte");
    digits
        .chunks(2)
        .map(|pair| (pair[0] * 16 + pair[1]) as u8)
        .collect()
}

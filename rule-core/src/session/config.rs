//! The configuration of a session.

mod input;
mod limits;
mod lookups;
mod zone;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

pub(super) use input::{InputCall, InputSettings};
pub(super) use limits::Limits;
pub(super) use lookups::Lookups;

use super::error::{ErrorCode, SessionError};
use crate::names::{Defaults, Sources};
use crate::settings::{Section, SettingError, wrong};
use crate::spl::Macros;
use crate::time::Zone;
use crate::window::Schedule;

/// A configuration, read.
#[derive(Clone, Debug)]
pub(super) struct Config {
    pub(super) detections: Vec<Value>,
    /// Do the others run where a detection cannot?
    pub(super) skips_refused: bool,
    pub(super) macros: Macros,
    pub(super) lookups: Lookups,
    pub(super) sources: Sources,
    pub(super) defaults: Defaults,
    pub(super) window: Window,
    pub(super) clock: ClockSource,
    pub(super) late: Late,
    /// Which rows are given before their window closes.
    pub(super) early: EarlyRows,
    /// Events kept to show behind each row.
    pub(super) samples: usize,
    /// Is every record decoded, so that each malformed one is counted?
    pub(super) strict: bool,
    pub(super) limits: Limits,
    /// Which records go on where each is given by itself.
    pub(super) records: Records,
    /// Are the rules those that the host carries, whatever it is given?
    pub(super) sealed: bool,
}

/// Which records go on from a pipeline's filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Records {
    /// All of them.
    Annotate,
    /// Those that carry an alert.
    Alerts,
}

/// Which windows the rules run in.
#[derive(Clone, Debug)]
pub(super) enum Window {
    /// Those of each detection's schedule.
    Scheduled,
    /// These, for all of them.
    Fixed(Schedule),
}

/// What closes windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockSource {
    /// The end of all input.
    End,
    /// The host, by `advance`.
    Host,
    /// The times of the records.
    Record,
}

/// What becomes of events that come after their windows have closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Late {
    /// Rows are given again with them in; else they are rows of their own.
    pub(super) amends: bool,
    /// For how many seconds after its run a window is kept for that.
    pub(super) keep: i64,
}

/// Which rows are given before their window closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EarlyRows {
    /// None.
    None,
    /// Each once, when it first comes out of the search.
    First,
    /// Each with every event that goes to it, its revision rising.
    Running,
}

const KEYS: [&str; 15] = [
    "detections",
    "refused",
    "macros",
    "lookups",
    "sources",
    "defaults",
    "window",
    "clock",
    "late",
    "early",
    "samples",
    "strict",
    "limits",
    "records",
    "sealed",
];

/// What decides which rules there are and what they mean, and so cannot be given to
/// a host whose rules are sealed.
const SEALED: [&str; 9] = [
    "detections",
    "refused",
    "macros",
    "lookups",
    "sources",
    "defaults",
    "window",
    "late",
    "sealed",
];

impl Config {
    /// Reads a configuration over those that the host carries, each of which is over
    /// the one before it.
    pub(super) fn read(given: &[u8], carried: &[&[u8]]) -> Result<Config, SessionError> {
        let layers = carried.iter().copied().chain([given]);
        let values: Vec<Value> = layers.map(parse).collect::<Result<_, _>>()?;
        let layers: Vec<Section<'_>> = values
            .iter()
            .map(|value| Section::new(value, "", &KEYS))
            .collect::<Result<_, _>>()?;
        let sealed = is_sealed(&layers)?;
        let either = |key: &str| layers.iter().rev().find_map(|layer| layer.get(key));

        let mut macros = Macros::new();
        let mut tables = Lookups::new();
        let mut sources = Sources::default();
        for layer in &layers {
            add_macros(layer, &mut macros)?;
            lookups::add(layer, &mut tables)?;
            if let Some(value) = layer.get("sources") {
                sources = Sources::from_json(value)?.over(&sources);
            }
        }
        let detections = match either("detections") {
            Some(Value::Array(detections)) => detections.clone(),
            Some(one) => alloc::vec![one.clone()],
            None => Vec::new(),
        };
        let samples = either("samples")
            .map(|value| count(value, "samples"))
            .transpose()?;
        Ok(Config {
            detections,
            skips_refused: either("refused").map_or(Ok(false), refused)?,
            macros,
            lookups: tables,
            sources,
            defaults: either("defaults").map_or_else(|| Ok(Defaults::default()), defaults)?,
            window: either("window").map_or(Ok(Window::Scheduled), window)?,
            clock: either("clock").map_or(Ok(ClockSource::End), clock)?,
            late: either("late").map_or_else(|| Ok(Late::default()), late)?,
            early: either("early").map_or(Ok(EarlyRows::None), early)?,
            samples: samples.unwrap_or(0).min(Limits::MAX_SAMPLES),
            strict: either("strict").map_or(Ok(false), |value| flag(value, "strict"))?,
            limits: either("limits").map_or_else(|| Ok(Limits::default()), Limits::read)?,
            records: either("records").map_or(Ok(Records::Annotate), records)?,
            sealed,
        })
    }
}

/// Does one of the layers seal the rules of it and of those below? One above must
/// leave them as they are, then.
fn is_sealed(layers: &[Section<'_>]) -> Result<bool, SessionError> {
    let mut sealed = false;
    for layer in layers {
        let change = SEALED.iter().find(|key| layer.get(key).is_some());
        if let (true, Some(key)) = (sealed, change) {
            let message = format!(
                "the rules of this module are sealed: `{key}` cannot be given to it; pack \
                 another module, or pack it without `sealed`"
            );
            return Err(SessionError::new(ErrorCode::Sealed, message));
        }
        sealed |= match layer.get("sealed") {
            Some(value) => flag(value, "sealed")?,
            None => false,
        };
    }
    Ok(sealed)
}

fn parse(text: &[u8]) -> Result<Value, SessionError> {
    if text.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(text).map_err(|error| {
        let message = format!("the configuration is no JSON: {error}");
        SessionError::new(ErrorCode::BadConfiguration, message)
    })
}

/// `{"name": {"definition": "...", "arguments": ["a"]}}`, or `{"name": "..."}`.
/// A name may say its arguments, `name(a, b)`, or their number, `name(2)`, which
/// is how Splunk writes it.
fn add_macros(section: &Section<'_>, macros: &mut Macros) -> Result<(), SettingError> {
    for (name, value) in section.map_of("macros")? {
        let at = format!("macros.{name}");
        let (definition, arguments) = match value {
            Value::String(definition) => (definition.as_str(), Vec::new()),
            _ => {
                let known = ["definition", "arguments", "description", "name"];
                let section = Section::new(value, &at, &known)?;
                let Some(definition) = section.text("definition")? else {
                    return Err(SettingError::new(format!("`{at}.definition` is missing")));
                };
                (definition, section.texts("arguments")?)
            }
        };
        let (name, in_name) = split_name(name);
        let arguments = if arguments.is_empty() {
            in_name
        } else {
            arguments
        };
        macros.insert(name, definition, arguments);
    }
    Ok(())
}

fn split_name(name: &str) -> (&str, Vec<String>) {
    let Some((plain, inside)) = name.strip_suffix(')').and_then(|rest| rest.split_once('(')) else {
        return (name, Vec::new());
    };
    let listed: Vec<String> = inside
        .split(',')
        .map(|argument| argument.trim().to_string())
        .filter(|argument| !argument.is_empty() && argument.parse::<u32>().is_err())
        .collect();
    (plain, listed)
}

fn defaults(value: &Value) -> Result<Defaults, SettingError> {
    let section = Section::new(
        value,
        "defaults",
        &["host", "source", "sourcetype", "timezone"],
    )?;
    from_section(&section)
}

fn from_section(section: &Section<'_>) -> Result<Defaults, SettingError> {
    let zone = match section.get("timezone") {
        Some(value) => zone::read(value, &section.path("timezone"))?,
        None => Zone::utc(),
    };
    let text = |key| section.text(key).map(|text| text.map(String::from));
    Ok(Defaults {
        host: text("host")?,
        source: text("source")?,
        sourcetype: text("sourcetype")?,
        zone,
        now: None,
    })
}

fn window(value: &Value) -> Result<Window, SettingError> {
    match value {
        Value::String(text) if text == "schedule" => Ok(Window::Scheduled),
        Value::String(text) if text == "all" => Ok(Window::Fixed(Schedule::All)),
        Value::Object(_) => {
            let section = Section::new(value, "window", &["every", "offset", "delay"])?;
            let part = |key: &str| match section.text(key)? {
                None => Ok(0),
                Some(text) => duration(text).ok_or_else(|| no_duration(&section.path(key), text)),
            };
            let schedule = Schedule::every(part("every")?, part("offset")?, part("delay")?);
            schedule
                .map(Window::Fixed)
                .map_err(|error| SettingError::new(error.message))
        }
        other => Err(wrong(
            "window",
            "`schedule`, `all`, or an object with `every`, `offset` and `delay`",
            other,
        )),
    }
}

/// Seconds of `90s`, `50m`, `1h`, `1d`, `1w`, or of a plain number.
fn duration(text: &str) -> Option<i64> {
    let (digits, unit) = text.split_at(text.bytes().take_while(u8::is_ascii_digit).count());
    let count: i64 = digits.parse().ok()?;
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    count.checked_mul(seconds)
}

fn clock(value: &Value) -> Result<ClockSource, SettingError> {
    match value.as_str() {
        Some("end") => Ok(ClockSource::End),
        Some("host") => Ok(ClockSource::Host),
        Some("record") => Ok(ClockSource::Record),
        _ => Err(wrong("clock", "`end`, `host` or `record`", value)),
    }
}

impl Default for Late {
    fn default() -> Self {
        Late {
            amends: false,
            keep: 86_400,
        }
    }
}

/// `report`, `amend`, or `{"mode": "amend", "keep": "24h"}`.
fn late(value: &Value) -> Result<Late, SettingError> {
    let amends = |value: &Value, at: &str| match value.as_str() {
        Some("report") => Ok(false),
        Some("amend") => Ok(true),
        _ => Err(wrong(at, "`report` or `amend`", value)),
    };
    if !value.is_object() {
        let amends = amends(value, "late")?;
        return Ok(Late {
            amends,
            ..Late::default()
        });
    }
    let section = Section::new(value, "late", &["mode", "keep"])?;
    let default = Late::default();
    Ok(Late {
        amends: match section.get("mode") {
            Some(mode) => amends(mode, "late.mode")?,
            None => default.amends,
        },
        keep: match section.text("keep")? {
            None => default.keep,
            Some(text) => duration(text).ok_or_else(|| no_duration("late.keep", text))?,
        },
    })
}

/// `true`, `false`, or `"running"`.
fn early(value: &Value) -> Result<EarlyRows, SettingError> {
    match value {
        Value::Bool(false) => Ok(EarlyRows::None),
        Value::Bool(true) => Ok(EarlyRows::First),
        Value::String(text) if text == "running" => Ok(EarlyRows::Running),
        _ => Err(wrong("early", "`true`, `false` or `running`", value)),
    }
}

/// `error` or `skip`.
fn refused(value: &Value) -> Result<bool, SettingError> {
    match value.as_str() {
        Some("error") => Ok(false),
        Some("skip") => Ok(true),
        _ => Err(wrong("refused", "`error` or `skip`", value)),
    }
}

fn records(value: &Value) -> Result<Records, SettingError> {
    match value.as_str() {
        Some("annotate") => Ok(Records::Annotate),
        Some("alerts") => Ok(Records::Alerts),
        _ => Err(wrong("records", "`annotate` or `alerts`", value)),
    }
}

fn flag(value: &Value, at: &str) -> Result<bool, SettingError> {
    value
        .as_bool()
        .ok_or_else(|| wrong(at, "`true` or `false`", value))
}

fn no_duration(at: &str, text: &str) -> SettingError {
    SettingError::new(format!(
        "`{at}` must be a duration such as `1h`, `50m` or `90s`, not `{text}`"
    ))
}

fn count(value: &Value, at: &str) -> Result<usize, SettingError> {
    match value.as_u64() {
        Some(count) => Ok(usize::try_from(count).unwrap_or(usize::MAX)),
        None => Err(wrong(at, "a whole number, not negative", value)),
    }
}

#[cfg(test)]
mod tests;

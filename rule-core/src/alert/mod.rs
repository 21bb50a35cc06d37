//! A result row as an alert: one line of JSON, its keys in a fixed order.
//!
//! The form is documented in ABI.md; every host gives the same bytes.

mod id;
mod risk;

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::detection::Detection;
use crate::rows::Row;
use crate::stats::Sample;
use crate::time::Time;
use crate::window::Bounds;

/// The name and version of the form.
const SCHEMA: &str = "rule-alert/1";

#[derive(Serialize)]
struct Alert<'a> {
    schema: &'static str,
    kind: &'static str,
    id: String,
    part: u32,
    revision: u32,
    time: Option<String>,
    rule: Rule<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
    row: &'a Row,
    #[serde(skip_serializing_if = "Option::is_none")]
    risk: Option<risk::RiskEvent<'a>>,
    attack: &'a [String],
    stories: &'a [String],
    #[serde(skip_serializing_if = "<[Sample]>::is_empty")]
    samples: &'a [Sample],
}

#[derive(Serialize)]
struct Rule<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a serde_json::Value>,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
}

#[derive(Serialize)]
struct Window {
    start: String,
    end: String,
}

/// Appends the alert of a closed window's row to `out`, with its line feed.
///
/// The time is the window's end; where there is no window, the latest of the
/// row's events; null where none has a time.
pub fn write_final(detection: &Detection, bounds: Bounds, row: &Row, out: &mut Vec<u8>) {
    let text = |seconds| Time::from_seconds(seconds).rfc3339().to_string();
    let window = match bounds {
        Bounds::Run { start, end, .. } => Some(Window {
            start: text(start),
            end: text(end),
        }),
        Bounds::All => None,
    };
    let time = match &window {
        Some(window) => Some(window.end.to_owned()),
        None => row.identity.latest.map(|time| time.rfc3339().to_string()),
    };
    let alert = Alert {
        schema: SCHEMA,
        kind: "final",
        id: id::of(
            &detection.id,
            window.as_ref().map(|w| (&*w.start, &*w.end)),
            row,
        ),
        part: 0,
        revision: 0,
        time,
        rule: Rule {
            id: &detection.id,
            name: &detection.name,
            version: detection.version.as_ref(),
            kind: detection.kind.as_deref(),
        },
        window,
        row,
        risk: detection
            .risk
            .as_ref()
            .map(|risk| risk::RiskEvent::of(risk, row)),
        attack: &detection.attack,
        stories: &detection.stories,
        samples: &row.identity.samples,
    };
    // Writing JSON fails only where a map's keys are no text, and there is none.
    if let Ok(mut line) = serde_json::to_vec(&alert) {
        out.append(&mut line);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests;

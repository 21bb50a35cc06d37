//! A result row as an alert: one line of JSON, its keys in a fixed order.
//!
//! The form is documented in ABI.md; every host gives the same bytes.

mod given;
mod id;
mod risk;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

pub use given::{Change, Given};
pub use id::{Id, Ids};

use crate::detection::Detection;
use crate::rows::Row;
use crate::stats::Sample;
use crate::time::Time;
use crate::window::Bounds;

/// The name and version of the form.
const SCHEMA: &str = "rule-alert/1";

/// What an alert is [design.md, "The alert"].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A row of a window that has closed.
    Final,
    /// A row of a window that is open, as it first comes out of the search; the
    /// final one takes its place.
    Early,
    /// Of the events that came after their windows had closed, all so far.
    Late,
    /// A row of a window that has closed, changed by events that came after it
    /// had; takes the place of the final one.
    Amended,
    /// A group that had to make room, before the commands after `stats`.
    Partial,
}

/// Which alert it is: id, part and revision tell it from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is.
    pub kind: Kind,
    /// The id of the finding.
    pub id: Id,
    /// Which part of the finding; 0 is the window's own row.
    pub part: u64,
    /// The last revision of a part holds.
    pub revision: u64,
}

/// What an alert says.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a> {
    /// The row; None where it does not come out of the search any more.
    pub row: Option<&'a Row>,
    /// Of a partial alert the snapshot of its group.
    pub state: Option<&'a [u8]>,
}

#[derive(Serialize)]
struct Alert<'a> {
    schema: &'static str,
    kind: Kind,
    id: Id,
    part: u64,
    revision: u64,
    time: Option<String>,
    rule: Rule<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<Window>,
    row: Option<&'a Row>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<String>,
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

/// Appends an alert to `out`, with its line feed.
///
/// The time is the window's end; where there is no window, the latest of the
/// row's events; null where none has a time. A partial alert has no risk: what
/// the search makes of its group is not known.
pub fn write(
    detection: &Detection,
    window: Bounds,
    head: &Head,
    body: &Body<'_>,
    out: &mut Vec<u8>,
) {
    let text = |seconds| Time::from_seconds(seconds).rfc3339().to_string();
    let window = match window {
        Bounds::Run { start, end, .. } => Some(Window {
            start: text(start),
            end: text(end),
        }),
        Bounds::All => None,
    };
    let latest = body.row.and_then(|row| row.identity.latest);
    let time = match &window {
        Some(window) => Some(window.end.clone()),
        None => latest.map(|time| time.rfc3339().to_string()),
    };
    let risk = match (&detection.risk, body.row) {
        (Some(risk), Some(row)) if head.kind != Kind::Partial => {
            Some(risk::RiskEvent::of(risk, row))
        }
        _ => None,
    };
    let alert = Alert {
        schema: SCHEMA,
        kind: head.kind,
        id: head.id,
        part: head.part,
        revision: head.revision,
        time,
        rule: Rule {
            id: &detection.id,
            name: &detection.name,
            version: detection.version.as_ref(),
            kind: detection.kind.as_deref(),
        },
        window,
        row: body.row,
        state: body.state.map(|state| STANDARD.encode(state)),
        risk,
        attack: &detection.attack,
        stories: &detection.stories,
        samples: body
            .row
            .map(|row| row.identity.samples.as_slice())
            .unwrap_or_default(),
    };
    // Writing JSON fails only where a map's keys are no text, and there is none.
    if let Ok(mut line) = serde_json::to_vec(&alert) {
        out.append(&mut line);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests;

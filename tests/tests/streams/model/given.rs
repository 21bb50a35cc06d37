//! What an engine gave for a stream, in the oracle's words.

use std::collections::BTreeMap;

use rule_tests::host::Host;
use serde_json::Value;

use super::act::{open, text};
use super::alert::{Alert, Row};
use super::stream::Step;

/// An alert, and the step that gave it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Given {
    pub(crate) step: usize,
    pub(crate) kind: String,
    /// Start and end.
    pub(crate) window: Option<(String, String)>,
    /// The by-values as JSON.
    pub(crate) by: (String, String),
    pub(crate) revision: u64,
    pub(crate) row: Row,
}

/// All that an engine gave.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    /// The alerts, each with the step that gave it; the end is a step too.
    pub(crate) alerts: Vec<(usize, Alert)>,
    pub(crate) counters: Value,
}

/// Plays a stream: each event is a push, and alerts are taken after each step.
pub(crate) fn play(host: &mut dyn Host, config: &Value, stream: &[Step]) -> Played {
    open(host, config);
    let mut alerts = Vec::new();
    for (place, step) in stream.iter().enumerate() {
        step.take(host);
        alerts.extend(taken(host, place));
    }
    host.finish().expect("an open session can be finished");
    alerts.extend(taken(host, stream.len()));
    Played {
        alerts,
        counters: counters(host),
    }
}

fn taken(host: &mut dyn Host, step: usize) -> impl Iterator<Item = (usize, Alert)> {
    let alerts = Alert::read_all(&host.alerts());
    alerts.into_iter().map(move |alert| (step, alert))
}

/// The counters of a session.
pub(crate) fn counters(host: &mut dyn Host) -> Value {
    serde_json::from_slice(&host.counters()).expect("counters are JSON")
}

impl Step {
    /// Gives the step to a host.
    pub(crate) fn take(&self, host: &mut dyn Host) {
        let answer = match self {
            Step::Event(event) => host.push(event.line().as_bytes()),
            Step::Advance(now) => host.advance(*now),
        };
        if let Err(error) = answer {
            panic!("{self:?}: {}", text(&error));
        }
    }
}

impl Played {
    /// The finals in their order, and the others sorted.
    ///
    /// # Errors
    /// Where an id stands for two findings, or (id, part, revision) for two alerts.
    pub(crate) fn in_kinds(&self) -> Result<(Vec<Given>, Vec<Given>), String> {
        let mut findings: BTreeMap<&str, Finding<'_>> = BTreeMap::new();
        let mut seen: BTreeMap<(bool, &str, u64, u64), &Alert> = BTreeMap::new();
        let (mut finals, mut others) = (Vec::new(), Vec::new());
        for (step, alert) in &self.alerts {
            // The final row takes the place of the early one.
            let early = alert.kind == "early";
            let key = (early, alert.id.as_str(), alert.part, alert.revision);
            if let Some(before) = seen.insert(key, alert) {
                return Err(format!("one name for two alerts: {before:?} and {alert:?}"));
            }
            let apart = matches!(alert.kind.as_str(), "late" | "partial");
            if apart != (alert.part > 0) {
                return Err(format!("a part that is not of its kind: {alert:?}"));
            }
            let finding = match alert.row.by() {
                Some(by) => Finding {
                    window: &alert.window,
                    by,
                },
                None => match findings.get(alert.id.as_str()) {
                    Some(before) => before.clone(),
                    None => return Err(format!("gone before it was there: {alert:?}")),
                },
            };
            let before = findings.insert(&alert.id, finding.clone());
            if before.is_some_and(|before| before != finding) {
                return Err(format!("one id for two findings: {alert:?}"));
            }
            let given = Given {
                step: *step,
                kind: alert.kind.clone(),
                window: alert.window.clone(),
                by: finding.by,
                revision: alert.revision,
                row: alert.row.clone(),
            };
            match alert.kind.as_str() {
                "final" => finals.push(given),
                _ => others.push(given),
            }
        }
        others.sort();
        Ok((finals, others))
    }

    /// The events that the alerts stand for: of partial and late ones each part, of
    /// final and amended ones each id, by the highest revision.
    pub(crate) fn accounted(&self) -> u64 {
        let mut last: BTreeMap<(&str, u64), (u64, u64)> = BTreeMap::new();
        for (_, alert) in self
            .alerts
            .iter()
            .filter(|(_, alert)| alert.kind != "early")
        {
            let told = (alert.revision, alert.count());
            let highest = last.entry((&alert.id, alert.part)).or_insert(told);
            *highest = told.max(*highest);
        }
        last.values().map(|(_, count)| count).sum()
    }
}

/// What an id stands for.
#[derive(Clone, PartialEq, Eq)]
struct Finding<'a> {
    window: &'a Option<(String, String)>,
    by: (String, String),
}

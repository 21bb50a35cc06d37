//! A session from its start to its end, and all that it gave.

use std::collections::BTreeMap;

use rule_core::session::{Counters, ErrorCode, Session, SessionError};
use serde_json::Value;

use crate::strict;

/// A session, and the alerts that were taken from it.
pub struct Played {
    pub session: Session,
    pub alerts: Vec<u8>,
}

/// What is the same, however the bytes came in.
#[derive(PartialEq, Eq)]
pub struct Outcome {
    pub alerts: String,
    pub counters: Counters,
    /// What the session was before its end.
    pub state: Vec<u8>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{:?}", self.alerts, self.counters)?;
        write!(f, "\nstate {:02x?}", self.state)
    }
}

impl Played {
    pub fn new(session: Session) -> Self {
        Played {
            session,
            alerts: Vec::new(),
        }
    }

    /// Does something. Where the alerts that wait leave no room it takes them, as a host
    /// is told to do, and does it again.
    pub fn act<T>(
        &mut self,
        mut call: impl FnMut(&mut Session) -> Result<T, SessionError>,
    ) -> Result<T, SessionError> {
        loop {
            match call(&mut self.session) {
                Err(error) if error.code == ErrorCode::OutOfMemory => {
                    assert!(self.take(), "full without an alert: {error}");
                }
                other => return other,
            }
        }
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.act(|session| session.push(bytes)).expect("a push");
    }

    /// Takes the alerts that wait; were there any?
    pub fn take(&mut self) -> bool {
        let lines = self.session.take_alerts();
        self.alerts.extend_from_slice(&lines);
        !lines.is_empty()
    }

    /// The end: all alerts, the counters, and the state right before it.
    pub fn end(&mut self) -> Outcome {
        while self.take() {}
        let state = self.session.snapshot();
        self.act(Session::finish).expect("an open session ends");
        while self.take() {}
        strict::assert_lines(&self.alerts);
        Outcome {
            alerts: String::from_utf8_lossy(&self.alerts).into_owned(),
            counters: self.session.counters(),
            state,
        }
    }
}

impl Outcome {
    /// What holds of the counters, whatever was read.
    pub fn assert_counted(&self, pushed: usize) {
        let Counters {
            bytes,
            records,
            candidates,
            malformed,
            invalid_utf8,
            alerts,
            partial,
            early,
            amended,
            ..
        } = self.counters;
        assert_eq!(bytes, pushed as u64);
        assert!(candidates <= records && malformed <= records && invalid_utf8 <= records);
        assert_eq!(alerts as usize, self.alerts.lines().count());
        for (kind, counted) in [("partial", partial), ("early", early), ("amended", amended)] {
            let mark = format!("{{\"schema\":\"rule-alert/1\",\"kind\":\"{kind}\",");
            let given = self.alerts.lines().filter(|line| line.starts_with(&mark));
            assert_eq!(given.count() as u64, counted, "{kind}");
        }
        assert_eq!(self.counters.groups, 0, "nothing is open behind the end");
        let samples = self.counters.malformed_samples.len() as u64;
        assert_eq!(samples, malformed.min(10));
    }

    /// The alerts of a search `... | stats count` stand for each match once.
    pub fn assert_accounted(&self) {
        let mut last: BTreeMap<(String, u64), (u64, u64)> = BTreeMap::new();
        for line in self.alerts.lines() {
            let alert: Value = serde_json::from_str(line).expect("an alert is JSON");
            if alert["kind"] == "early" {
                continue;
            }
            let number = |value: &Value| value.as_u64().unwrap_or(0);
            let told = (number(&alert["revision"]), number(&alert["row"]["count"]));
            let id = alert["id"].as_str().unwrap_or_default().to_owned();
            let highest = last.entry((id, number(&alert["part"]))).or_insert(told);
            *highest = told.max(*highest);
        }
        let accounted: u64 = last.values().map(|(_, count)| count).sum();
        assert_eq!(accounted, self.counters.matches, "{}", self.alerts);
    }
}

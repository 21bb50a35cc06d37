//! All the stations behind one interface over bytes: the module's ABI, in safe
//! Rust.
//!
//! A [`Session`] is opened with a configuration, is given bytes, and gives
//! alerts. Tests, fuzzers and the module itself all go through it, so what holds
//! here holds in every host.

mod config;
mod counters;
mod describe;
mod engine;
mod error;
mod explain;
mod reading;
mod rule;

use alloc::vec::Vec;

use config::InputSettings;
pub use counters::{Counters, MalformedSample};
use engine::Engine;
pub use error::{ErrorCode, SessionError, Where};

use crate::frame::Framer;

/// The version of the interface: major and minor.
pub const ABI_VERSION: (u16, u16) = (1, 0);

/// A detection engine, opened with a configuration.
///
/// # Example
/// ```
/// let config = br#"{
///     "detections": {"name": "n", "id": "i", "search": "user=root | stats count by host"},
///     "window": "all"
/// }"#;
/// let mut session = rule_core::session::Session::open(config, b"{}")?;
/// session.push(b"{\"host\":\"a\",\"user\":\"root\"}\n")?;
/// session.finish()?;
/// let alerts = String::from_utf8(session.take_alerts()).unwrap();
/// assert!(alerts.contains(r#""row":{"host":"a","count":1}"#));
/// # Ok::<(), rule_core::session::SessionError>(())
/// ```
#[derive(Debug)]
pub struct Session {
    engine: Engine,
    framer: Framer,
    finished: bool,
}

/// Memory that must be there before work is begun, in bytes: an allocation that
/// fails in the middle of it is the end of a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headroom {
    /// In one piece.
    pub largest: usize,
    /// In all.
    pub total: usize,
}

impl Session {
    /// Opens a session: `config` is a configuration as JSON (empty for none),
    /// over `builtin`, the configuration that the host carries. A key that is
    /// given wins over the built-in one; tables and macros are joined.
    ///
    /// # Errors
    /// Whatever is wrong with the configuration, a detection, its search or its
    /// schedule.
    pub fn open(config: &[u8], builtin: &[u8]) -> Result<Self, SessionError> {
        let engine = Engine::open(config, builtin)?;
        let framer = engine.framer();
        Ok(Session {
            engine,
            framer,
            finished: false,
        })
    }

    /// Ends the record in progress and begins an input, with its settings as
    /// JSON: `name`, `format`, `host`, `sourcetype`, `source`, `timezone`.
    ///
    /// # Errors
    /// Settings that cannot be read, a session that is finished; the state is as
    /// before.
    pub fn input(&mut self, settings: &[u8]) -> Result<(), SessionError> {
        self.check_open()?;
        let settings = InputSettings::parse(settings)?;
        self.end_record();
        self.engine.begin_input(settings);
        self.framer = self.engine.framer();
        Ok(())
    }

    /// Takes bytes of the current input, in any split. Gives the number of
    /// alerts that wait.
    ///
    /// # Errors
    /// A session that is finished, or whose open windows hold as much as
    /// `limits.state` allows; the state is as before.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, SessionError> {
        self.check_open()?;
        if !bytes.is_empty() {
            self.engine.check_room()?;
        }
        let Session { engine, framer, .. } = self;
        engine.counters.bytes = engine.counters.bytes.saturating_add(bytes.len() as u64);
        framer.push(bytes, &mut |frame| engine.frame(frame));
        Ok(self.engine.waiting())
    }

    /// Tells the time, in milliseconds since the epoch: windows whose run has
    /// come close. A time before the last one is counted and changes nothing.
    /// Gives the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished.
    pub fn advance(&mut self, now_ms: i64) -> Result<usize, SessionError> {
        self.check_open()?;
        self.engine.advance(now_ms);
        Ok(self.engine.waiting())
    }

    /// The end of the input and of time: ends the last record and closes every
    /// window. Gives the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished already.
    pub fn finish(&mut self) -> Result<usize, SessionError> {
        self.check_open()?;
        self.end_record();
        self.engine.close_all();
        self.finished = true;
        Ok(self.engine.waiting())
    }

    /// Takes alerts that wait, as JSON lines: all of them, but no more at once
    /// than about 256 KiB. Empty where none waits.
    #[must_use]
    pub fn take_alerts(&mut self) -> Vec<u8> {
        self.engine.take_alerts()
    }

    /// What was read, matched, and left out, as numbers.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.engine.counters()
    }

    /// The counters as JSON.
    #[must_use]
    pub fn counters_json(&self) -> Vec<u8> {
        serde_json::to_vec(&self.counters()).unwrap_or_default()
    }

    /// The rules, their fields and schedules, and the limits, as JSON.
    #[must_use]
    pub fn describe(&self) -> Vec<u8> {
        describe::describe(&self.engine)
    }

    /// One record against each rule, as JSON: which parts of the search held,
    /// and the values that they saw. Changes nothing.
    ///
    /// # Errors
    /// Where the bytes are no record.
    pub fn explain(&self, record: &[u8]) -> Result<Vec<u8>, SessionError> {
        explain::explain(&self.engine, record)
    }

    /// The memory that the session may come to need for records and windows, by
    /// its limits, beyond what it has now.
    #[must_use]
    pub fn memory_to_come(&self) -> Headroom {
        let limits = &self.engine.config().limits;
        Headroom {
            largest: limits.record.saturating_mul(2),
            total: limits.memory(),
        }
    }

    /// What a push of `length` bytes needs besides what is kept: the unfinished
    /// record, in a buffer that may be moved as it grows, and what decoding one
    /// takes.
    #[must_use]
    pub fn push_headroom(&self, length: usize) -> Headroom {
        let record = self.framer.pending().saturating_add(length);
        let record = record.min(self.engine.config().limits.record);
        Headroom {
            largest: record.saturating_mul(2).saturating_add(16 * 1024),
            total: record.saturating_mul(6).saturating_add(64 * 1024),
        }
    }

    /// What closing every window needs besides what is kept: their rows.
    #[must_use]
    pub fn close_headroom(&self) -> Headroom {
        let push = self.push_headroom(0);
        let rows = self.engine.rows_to_come();
        Headroom {
            largest: push.largest.max(rows / 8),
            total: push.total.saturating_add(rows),
        }
    }

    /// What taking alerts needs: the lines of one taking, in a buffer that is
    /// moved as it grows.
    #[must_use]
    pub fn alerts_headroom(&self) -> Headroom {
        let (lines, line) = self.engine.taken_at_once();
        Headroom {
            largest: lines.saturating_add(line.saturating_mul(2)),
            total: lines
                .saturating_mul(3)
                .saturating_add(line.saturating_mul(3)),
        }
    }

    fn end_record(&mut self) {
        let Session { engine, framer, .. } = self;
        framer.finish(&mut |frame| engine.frame(frame));
    }

    fn check_open(&self) -> Result<(), SessionError> {
        if self.finished {
            return Err(SessionError::new(
                ErrorCode::Finished,
                "the session is finished: open another for more input",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;

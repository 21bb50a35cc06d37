//! All the stations behind one interface over bytes: the module's ABI, in safe
//! Rust.
//!
//! A [`Session`] is opened with a configuration, is given bytes, and gives
//! alerts. Tests, fuzzers and the module itself all go through it, so what holds
//! here holds in every host.

mod alone;
mod behind;
mod clock;
mod config;
mod counters;
mod describe;
mod early;
mod engine;
mod error;
mod explain;
mod headroom;
mod held;
mod queue;
mod reading;
mod rule;
mod seen;
mod state;

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use alone::{Annotated, RECORDS_CONFIG};
use config::{InputCall, InputSettings};
pub use counters::{Counters, MalformedSample};
use engine::Engine;
pub use error::{ErrorCode, SessionError, Where};
pub use headroom::Headroom;

use crate::frame::{Format, Framer};
use reading::Input;

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
/// let mut session = rule_core::session::Session::open(config, &[])?;
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
    /// Streams that another input took the place of, by their names.
    aside: BTreeMap<String, Aside>,
    /// Bytes that were pushed, behind those for whose alerts there is room.
    backlog: Vec<u8>,
    finished: bool,
}

/// A stream that goes on later.
#[derive(Clone, Debug)]
struct Aside {
    framer: Framer,
    input: Input,
}

/// So many bytes of a push are taken at once: between them there can be a pause.
const SLICE: usize = 64 << 10;

/// Streams that can be set aside.
const MAX_ASIDE: usize = 10_000;

impl Session {
    /// Opens a session: `config` is a configuration as JSON (empty for none),
    /// over those that the host carries, each of which is over the one before it. A
    /// key that is given wins over those below; tables and macros are joined.
    ///
    /// # Errors
    /// Whatever is wrong with the configuration, a detection, its search or its
    /// schedule.
    pub fn open(config: &[u8], carried: &[&[u8]]) -> Result<Self, SessionError> {
        Session::open_with(config, carried, |_| true)
    }

    /// The same where memory has an end, besides what [`Headroom::to_open`] says, which has
    /// to be there. `has_memory` answers whether so much can be allocated.
    ///
    /// # Errors
    /// As [`Session::open`]; and where there is no memory to compile a regular expression.
    pub fn open_with(
        config: &[u8],
        carried: &[&[u8]],
        has_memory: fn(Headroom) -> bool,
    ) -> Result<Self, SessionError> {
        let engine = Engine::open(config, carried, has_memory)?;
        let framer = Framer::new(Format::Auto, engine.config().limits.record);
        Ok(Session {
            engine,
            framer,
            aside: BTreeMap::new(),
            backlog: Vec::new(),
            finished: false,
        })
    }

    /// Begins an input, with its settings as JSON: `name`, `format`, `host`,
    /// `sourcetype`, `source`, `timezone`, `offset`. The record in progress ends.
    ///
    /// An input with a `stream` does not end when another begins: it is set aside,
    /// with its unfinished record, until `{"stream": ..., "goes_on": true}` takes
    /// it up again, or the same with `ends` ends it.
    ///
    /// # Errors
    /// Settings that cannot be read, a stream that is not there, a session that is
    /// finished, alerts that wait and leave no room; the state is as before.
    pub fn input(&mut self, settings: &[u8]) -> Result<(), SessionError> {
        self.check_open()?;
        self.engine.check_room()?;
        match InputCall::parse(settings)? {
            InputCall::Begins(settings) => {
                let current = usize::from(self.stream().is_some());
                let streams = self.aside.len().saturating_add(current);
                if settings.stream.is_some() && streams >= MAX_ASIDE {
                    let message = format!("{MAX_ASIDE} streams are open: end one of them first");
                    return Err(SessionError::new(ErrorCode::OutOfMemory, message));
                }
                self.leave();
                // One of the same name that was left unfinished is another file by now.
                let before = settings.stream.as_ref();
                if let Some(before) = before.and_then(|stream| self.aside.remove(stream)) {
                    self.enter(before);
                    self.end_record();
                }
                let aside = self.begin(settings);
                self.enter(aside);
            }
            InputCall::GoesOn(stream) if self.stream() == Some(&stream) => {}
            InputCall::GoesOn(stream) => {
                let aside = self
                    .aside
                    .remove(&stream)
                    .ok_or_else(|| no_stream(&stream))?;
                self.leave();
                self.enter(aside);
            }
            InputCall::Ends(stream) => {
                if self.stream() != Some(&stream) {
                    let aside = self
                        .aside
                        .remove(&stream)
                        .ok_or_else(|| no_stream(&stream))?;
                    self.leave();
                    self.enter(aside);
                }
                self.end_record();
                let nothing = self.begin(InputSettings::default());
                self.enter(nothing);
            }
        }
        Ok(())
    }

    /// The name of the current input's stream.
    fn stream(&self) -> Option<&String> {
        self.engine.reading.input.settings.stream.as_ref()
    }

    fn begin(&self, settings: InputSettings) -> Aside {
        let max = self.engine.config().limits.record;
        Aside {
            framer: Framer::starting_at(settings.format, max, settings.offset),
            input: self.engine.reading.input(settings),
        }
    }

    /// Sets the current input aside where it is a stream, else ends its record.
    fn leave(&mut self) {
        let Some(stream) = self.stream().cloned() else {
            self.end_record();
            return;
        };
        let nothing = self.begin(InputSettings::default());
        let framer = core::mem::replace(&mut self.framer, nothing.framer);
        let input = self.engine.reading.enter(nothing.input);
        self.aside.insert(stream, Aside { framer, input });
    }

    fn enter(&mut self, aside: Aside) {
        self.framer = aside.framer;
        let _ = self.engine.reading.enter(aside.input);
    }

    /// Takes bytes of the current input, in any split. Gives the number of
    /// alerts that wait.
    ///
    /// More alerts than `limits.state` has room for are made as those that wait are
    /// taken.
    ///
    /// # Errors
    /// A session that is finished, or whose alerts have not been taken and leave no
    /// room for more; the state is as before.
    pub fn push(&mut self, bytes: &[u8]) -> Result<usize, SessionError> {
        self.check_open()?;
        self.engine.check_room()?;
        self.engine.counters.add_bytes(bytes.len());
        self.feed(bytes);
        Ok(self.engine.queue.len())
    }

    /// Can none of the events match that are stored in these bytes? Then they need not be
    /// decoded and pushed: `records` more are counted as read. Without bytes it says
    /// whether it ever says yes.
    ///
    /// The bytes are those of a format that the host decodes, and hold whole events. Each
    /// name and each text of an event stands in them whole, as UTF-16 with the low byte
    /// first or as UTF-8, at any place; but for characters that XML cannot have, which the
    /// host may write as `_`. What is no text is written as numbers, hexadecimal, times,
    /// `true` or `false`, GUIDs or security identifiers; several values of a list with
    /// commas between them.
    ///
    /// # Errors
    /// A session that is finished, or whose alerts have not been taken and leave no
    /// room for more; the state is as before.
    pub fn pass(&mut self, bytes: &[u8], records: u64) -> Result<bool, SessionError> {
        self.check_open()?;
        self.engine.check_room()?;
        Ok(self.engine.pass(bytes, records))
    }

    fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.engine.is_full() {
                self.backlog = rest.to_vec();
                return;
            }
            let (slice, after) = rest.split_at(rest.len().min(SLICE));
            let Session { engine, framer, .. } = self;
            framer.push(slice, engine);
            rest = after;
        }
    }

    /// Goes on with what was held for want of room. Where something is held still,
    /// alerts wait.
    fn go_on(&mut self) {
        self.engine.go_on();
        if !self.engine.is_full() && !self.backlog.is_empty() {
            let backlog = core::mem::take(&mut self.backlog);
            self.feed(&backlog);
        }
    }

    /// Tells the time, in milliseconds since the epoch: windows whose run has
    /// come close. A time before the last one is counted and changes nothing.
    /// Gives the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished, or whose alerts have not been taken and leave no
    /// room for more; the state is as before.
    pub fn advance(&mut self, now_ms: i64) -> Result<usize, SessionError> {
        self.check_open()?;
        self.engine.check_room()?;
        self.engine.advance(now_ms);
        Ok(self.engine.queue.len())
    }

    /// The end of the input and of time: ends the last record and closes every
    /// window. Gives the number of alerts that wait.
    ///
    /// # Errors
    /// A session that is finished already, or whose alerts have not been taken and
    /// leave no room for more; the state is as before.
    pub fn finish(&mut self) -> Result<usize, SessionError> {
        self.check_open()?;
        self.engine.check_room()?;
        self.end_record();
        for aside in core::mem::take(&mut self.aside).into_values() {
            self.enter(aside);
            self.end_record();
        }
        self.engine.end();
        self.finished = true;
        Ok(self.engine.queue.len())
    }

    /// Takes alerts that wait, as JSON lines: all of them, but no more at once
    /// than about 256 KiB. Empty where none waits.
    #[must_use]
    pub fn take_alerts(&mut self) -> Vec<u8> {
        let lines = self.engine.take_alerts();
        if self.engine.queue.is_empty() {
            self.go_on();
        }
        lines
    }

    /// The whole state as bytes: what the windows hold, the clock and the counters,
    /// the unfinished record and the alerts that wait. Changes nothing. The form is
    /// that of [`crate::snapshot`]; it is for the same rules and settings, and for
    /// this version of the engine.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        state::write(self)
    }

    /// Takes the state of a snapshot in place of its own.
    ///
    /// # Errors
    /// Bytes that are no snapshot, or one of another version, of other rules or
    /// settings, or damaged; the state is as before.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), SessionError> {
        state::restore(self, snapshot)
    }

    /// Joins the state of another part of the same events, with the same rules and
    /// at the same time, or of a group that was given as a partial alert. Gives the
    /// number of alerts that wait.
    ///
    /// # Errors
    /// As [`Session::restore`]; and where either side has an unfinished record or
    /// alerts that were not taken, is finished, or their clocks differ. The state is
    /// as before.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<usize, SessionError> {
        state::merge(self, snapshot)?;
        Ok(self.engine.queue.len())
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
    /// record, in a buffer that may be moved as it grows, what decoding one takes,
    /// and the bytes themselves where they have to wait.
    #[must_use]
    pub fn push_headroom(&self, length: usize) -> Headroom {
        let record = self.framer.pending().saturating_add(length);
        let record = record.min(self.engine.config().limits.record);
        let rows = self.engine.event_rows_to_come(record);
        Headroom {
            largest: record
                .saturating_mul(2)
                .saturating_add(16 * 1024)
                .max(length)
                .max(rows / 8),
            total: record
                .saturating_mul(6)
                .saturating_add(rows)
                .saturating_add(length)
                .saturating_add(length.min(SLICE).saturating_mul(2))
                .saturating_add(64 * 1024),
        }
    }

    /// What [`Session::pass`] needs for so many bytes: a copy of them, and what it looks
    /// for, once.
    #[must_use]
    pub fn pass_headroom(&self, length: usize) -> Headroom {
        let made = self.engine.stored_to_come();
        Headroom {
            largest: length.max(made / 8),
            total: length.saturating_add(made).saturating_add(64 * 1024),
        }
    }

    /// What closing windows needs besides what is kept: the rows of one that there is
    /// room for.
    #[must_use]
    pub fn close_headroom(&self) -> Headroom {
        let push = self.push_headroom(0);
        let rows = self.engine.rows_to_come();
        Headroom {
            largest: push.largest.max(rows / 8),
            total: push.total.saturating_add(rows),
        }
    }

    /// What taking alerts needs: the lines of one taking, in a buffer that is moved
    /// as it grows; and where all are taken and something was held, what going on
    /// with it does, in the room of those that were taken.
    #[must_use]
    pub fn alerts_headroom(&self) -> Headroom {
        let queue = &self.engine.queue;
        let (lines, line) = queue.taken_at_once();
        let held = match self.engine.is_full() || !self.backlog.is_empty() {
            true => self.close_headroom(),
            false => Headroom::default(),
        };
        let held_total = held.total.saturating_sub(queue.bytes());
        Headroom {
            largest: lines
                .saturating_add(line.saturating_mul(2))
                .max(held.largest),
            total: lines
                .saturating_mul(3)
                .saturating_add(line.saturating_mul(3))
                .saturating_add(held_total),
        }
    }

    /// What writing a snapshot needs: its bytes, in a buffer that is moved as it
    /// grows.
    #[must_use]
    pub fn snapshot_headroom(&self) -> Headroom {
        let engine = &self.engine;
        let rules = engine.rules.iter();
        let kept: usize = rules
            .map(|rule| rule.kept().saturating_add(rule.early_bytes()))
            .fold(0, usize::saturating_add);
        let aside = self
            .aside
            .values()
            .map(|aside| aside.framer.pending().saturating_add(4096));
        let bytes = [
            engine.size().bytes,
            kept,
            engine.queue.bytes(),
            self.framer.pending(),
            self.backlog.len(),
            aside.fold(0, usize::saturating_add),
            64 * 1024,
        ];
        let bytes = bytes.into_iter().fold(0, usize::saturating_add);
        Headroom {
            largest: bytes,
            total: bytes.saturating_mul(2),
        }
    }

    /// What reading a snapshot of so many bytes needs: the state in it, beside the
    /// present one.
    #[must_use]
    pub fn restore_headroom(&self, length: usize) -> Headroom {
        let most = self.engine.config().limits.memory();
        Headroom {
            largest: length,
            total: length.saturating_mul(16).min(most).saturating_add(SLICE),
        }
    }

    fn end_record(&mut self) {
        let Session { engine, framer, .. } = self;
        framer.finish(engine);
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

fn no_stream(stream: &str) -> SessionError {
    let message = format!("there is no stream `{stream}` that was set aside");
    SessionError::new(ErrorCode::BadConfiguration, message)
}

#[cfg(test)]
mod tests;

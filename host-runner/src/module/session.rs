//! A session: one set of rules, open in an instance.

use std::io::{self, ErrorKind, Read};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use wasmtime::TypedFunc;

use super::instance::{BUFFER, LONG_ANSWER, SHORT_ANSWER};
use super::{Instance, ModuleError};

/// A set of rules that is open in an [`Instance`]; closed when it is dropped.
pub struct Session<'a> {
    instance: &'a mut Instance,
    handle: i32,
    /// Whether it ever passes over stored events, where that was asked.
    passes: Option<bool>,
    /// The bytes of alerts that it gave since it was last given something.
    given: u64,
}

/// Why bytes could not be pushed from a reader.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The reader failed; what was read before is in the module.
    #[error(transparent)]
    Input(#[from] io::Error),
    /// The module failed or refused.
    #[error(transparent)]
    Module(#[from] ModuleError),
}

/// What a session has counted: the answer of `rule_counters`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// Bytes that came in.
    pub bytes: u64,
    /// Records that the bytes held.
    pub records: u64,
    /// Records that were decoded, since they could match.
    pub candidates: u64,
    /// Records that a rule's first search held for.
    pub matches: u64,
    /// Records that could not be decoded.
    pub malformed: u64,
    /// Records with bytes that are no UTF-8.
    pub invalid_utf8: u64,
    /// Matches that came after all of their windows had closed; they are in rows of
    /// kind `late` or `amended`.
    pub late: u64,
    /// Alerts of kind `partial`: groups that went out at a limit.
    pub partial: u64,
    /// Alerts of kind `early`: rows given before their window closed.
    pub early: u64,
    /// Alerts of kind `amended`: rows given again with late events in them.
    pub amended: u64,
    /// Matches too far ahead of the clock.
    pub future: u64,
    /// Matches in no window.
    pub outside: u64,
    /// Matches without a usable time.
    pub no_time: u64,
    /// Combinations of by-values left out, of events with too many of them.
    pub combinations: u64,
    /// Fields left out, of events with too many of them.
    pub fields: u64,
    /// Rows, columns and values left out, where a command would make too much of what it
    /// was given.
    pub expanded: u64,
    /// Groups of `stats` that are held.
    pub groups: u64,
    /// Alerts that were given out.
    pub alerts: u64,
    /// Times that the clock was asked to go back.
    pub clock_back: u64,
    /// The first malformed records.
    pub malformed_samples: Vec<MalformedSample>,
}

/// A record that could not be decoded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct MalformedSample {
    /// The name of the input.
    pub input: String,
    /// Where the record begins, in bytes of the decoded input.
    pub offset: u64,
    /// What is wrong with it.
    pub reason: String,
    /// Its first bytes.
    pub text: String,
}

impl<'a> Session<'a> {
    pub(super) fn new(instance: &'a mut Instance, handle: i32) -> Self {
        Self {
            instance,
            handle,
            passes: None,
            given: 0,
        }
    }

    /// Begins an input; a record in progress ends.
    ///
    /// `input` is the JSON that `rule_input` takes: `name`, `format`, `host`,
    /// `sourcetype`, `source`, `timezone`, `offset`, `stream`, `goes_on`, `ends`, each
    /// optional.
    ///
    /// # Errors
    ///
    /// When the module refuses it or fails.
    pub fn input(&mut self, input: &Value) -> Result<(), ModuleError> {
        let function = self.instance.exports.input.clone();
        self.give("rule_input", &function, input.to_string().as_bytes())
            .map(drop)
    }

    /// Gives bytes to the module, split as they may be; answers how many alerts wait.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<u32, ModuleError> {
        loop {
            match self.push_from(&mut bytes) {
                Ok((waiting, _)) if bytes.is_empty() => return Ok(waiting),
                Ok(_) => {}
                Err(PushError::Module(error)) => return Err(error),
                // A slice never fails to be read.
                Err(PushError::Input(_)) => return Ok(0),
            }
        }
    }

    /// Reads once, straight into the module's memory, and lets the module see it.
    ///
    /// Answers how many alerts wait, and how many bytes were read: 0 at the end.
    ///
    /// # Errors
    ///
    /// [`PushError::Input`] when the reader fails, [`PushError::Module`] when the
    /// module refuses or fails.
    pub fn push_from(&mut self, reader: &mut impl Read) -> Result<(u32, usize), PushError> {
        let (at, buffer) = self.instance.buffer()?;
        let read = loop {
            match reader.read(buffer) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        if read > BUFFER as usize {
            return Err(io::Error::other("it claims to have read more than fits").into());
        }
        let function = self.instance.exports.push.clone();
        let answer = self
            .instance
            .call("rule_push", &function, (self.handle, at, read as u32))?;
        Ok((self.checked("rule_push", answer)?, read))
    }

    /// Whether the module ever says of stored events that they need not be decoded.
    ///
    /// # Errors
    ///
    /// When the module fails.
    pub fn passes(&mut self) -> Result<bool, ModuleError> {
        if let Some(passes) = self.passes {
            return Ok(passes);
        }
        let passes = self.pass(&[], 0)?;
        Ok(*self.passes.insert(passes))
    }

    /// Shows the module bytes that store so many events in another format; whether none of
    /// them can match, so that they are counted and need not be decoded.
    ///
    /// # Errors
    ///
    /// When the module fails.
    pub fn pass(&mut self, bytes: &[u8], records: u32) -> Result<bool, ModuleError> {
        let Some(function) = self.instance.exports.pass.clone() else {
            return Ok(false);
        };
        let (at, buffer) = self.instance.buffer()?;
        let Some(to) = buffer.get_mut(..bytes.len()) else {
            return Ok(false);
        };
        to.copy_from_slice(bytes);
        let arguments = (self.handle, at, bytes.len() as u32, records);
        let answer = self.instance.call("rule_pass", &function, arguments)?;
        // Where it refuses, it says why when it is given them decoded.
        Ok(answer == 1)
    }

    /// Lets time go on to `now_ms`, milliseconds since 1970; answers how many alerts wait.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn advance(&mut self, now_ms: i64) -> Result<u32, ModuleError> {
        let function = self.instance.exports.advance.clone();
        let answer = self
            .instance
            .call("rule_advance", &function, (self.handle, now_ms))?;
        self.checked("rule_advance", answer)
    }

    /// Ends all input and all time; answers how many alerts wait.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn finish(&mut self) -> Result<u32, ModuleError> {
        let function = self.instance.exports.finish.clone();
        let answer = self.instance.call("rule_finish", &function, self.handle)?;
        self.checked("rule_finish", answer)
    }

    /// Takes alerts that wait, as JSON lines: a module gives so many at once as suits
    /// it, and none where none waits.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn alerts(&mut self) -> Result<&[u8], ModuleError> {
        let function = self.instance.exports.alerts.clone();
        let packed = self.instance.call("rule_alerts", &function, self.handle)?;
        if let Some(limit) = self.instance.output {
            self.check_alerts(packed, limit)?;
        }
        self.instance.answer("rule_alerts", self.handle, packed)
    }

    /// The rules that are open, their fields, schedule and limits: the JSON of
    /// `rule_describe`.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn describe(&mut self) -> Result<Value, ModuleError> {
        let function = self.instance.exports.describe.clone();
        let packed = self
            .instance
            .call("rule_describe", &function, self.handle)?;
        self.instance
            .json("rule_describe", self.handle, packed, LONG_ANSWER)
    }

    /// What has been counted up to now.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn counters(&mut self) -> Result<Counters, ModuleError> {
        let function = self.instance.exports.counters.clone();
        let packed = self
            .instance
            .call("rule_counters", &function, self.handle)?;
        self.instance
            .json("rule_counters", self.handle, packed, SHORT_ANSWER)
    }

    /// One record against each rule: the JSON of `rule_explain`.
    ///
    /// # Errors
    ///
    /// When the module refuses the record or fails.
    pub fn explain(&mut self, record: &[u8]) -> Result<Value, ModuleError> {
        let (handle, function) = (self.handle, self.instance.exports.explain.clone());
        self.instance
            .with_bytes("rule_explain", record, |instance, at, length| {
                let packed = instance.call("rule_explain", &function, (handle, at, length))?;
                // Before the record's memory is given back: an answer is valid until the next call.
                instance.json("rule_explain", handle, packed, LONG_ANSWER)
            })
    }

    /// The whole state as bytes: what is read and not yet given, the windows, the
    /// clock, the counters. It changes nothing.
    ///
    /// # Errors
    ///
    /// When the module refuses or fails.
    pub fn snapshot(&mut self) -> Result<&[u8], ModuleError> {
        let function = self.instance.exports.snapshot.clone();
        let packed = self
            .instance
            .call("rule_snapshot", &function, self.handle)?;
        self.instance.answer("rule_snapshot", self.handle, packed)
    }

    /// Takes the state of a [`snapshot`](Self::snapshot) in place of its own.
    ///
    /// # Errors
    ///
    /// When the module fails, or refuses the bytes: damaged (`bad_snapshot`), or of
    /// other rules or settings (`other_rules`). The state stays as it was.
    pub fn restore(&mut self, snapshot: &[u8]) -> Result<(), ModuleError> {
        let function = self.instance.exports.restore.clone();
        self.give("rule_restore", &function, snapshot).map(drop)
    }

    /// Joins the state of another session of the same rules, as a
    /// [`snapshot`](Self::snapshot) of it; answers how many alerts wait.
    ///
    /// # Errors
    ///
    /// As [`restore`](Self::restore), and `cannot_merge` where either session is in
    /// the middle of a record, has alerts that wait, is finished, or has another clock.
    pub fn merge(&mut self, snapshot: &[u8]) -> Result<u32, ModuleError> {
        let function = self.instance.exports.merge.clone();
        self.give("rule_merge", &function, snapshot)
    }

    /// The bytes of memory that the module has by now.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.instance.memory_size()
    }

    /// Checks what a module from elsewhere gives as alerts, before anybody sees it.
    fn check_alerts(&mut self, packed: u64, limit: u64) -> Result<(), ModuleError> {
        let lines = self.instance.answer("rule_alerts", self.handle, packed)?;
        self.given = self.given.saturating_add(lines.len() as u64);
        if self.given > limit {
            return Err(ModuleError::Output {
                module: self.instance.module.to_string(),
                limit,
            });
        }
        are_lines(lines).map_err(|reason| self.instance.wrong("rule_alerts", reason))
    }

    /// Calls an export that takes bytes and answers a count.
    fn give(
        &mut self,
        name: &'static str,
        function: &TypedFunc<(i32, u32, u32), i32>,
        bytes: &[u8],
    ) -> Result<u32, ModuleError> {
        let handle = self.handle;
        let answer = self
            .instance
            .with_bytes(name, bytes, |instance, at, length| {
                instance.call(name, function, (handle, at, length))
            })?;
        self.checked(name, answer)
    }

    /// An answer that is a count where it is not negative.
    fn checked(&mut self, name: &'static str, answer: i32) -> Result<u32, ModuleError> {
        self.given = 0;
        u32::try_from(answer).map_err(|_| self.instance.refusal(name, self.handle))
    }
}

/// Whether these are whole lines of JSON, each an object; else what they are. Control
/// characters would do something to a terminal; in the texts of JSON they are written out.
fn are_lines(lines: &[u8]) -> Result<(), String> {
    let text = str::from_utf8(lines).map_err(|error| error.to_string())?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("the last line has no end".to_owned());
    }
    for line in text.split_terminator('\n') {
        if !line.starts_with('{') {
            return Err("a line is no alert: it is no object".to_owned());
        }
        if line.bytes().any(|byte| byte < b' ') {
            return Err("a line is no alert: it has a control character".to_owned());
        }
        serde_json::from_str::<IgnoredAny>(line)
            .map_err(|error| format!("a line is no alert: {error}"))?;
    }
    Ok(())
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        let function = self.instance.exports.close.clone();
        // A module that fails here has failed before, and that error was reported.
        let _ = self.instance.call("rule_close", &function, self.handle);
    }
}

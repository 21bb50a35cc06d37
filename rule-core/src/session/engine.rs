//! The stations in their order: a frame is decoded, named, and given to each
//! rule; closed windows become alerts.

use alloc::collections::{BTreeSet, VecDeque};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::config::{Clock, Config, InputSettings};
use super::counters::Counters;
use super::error::{ErrorCode, SessionError};
use super::reading::{RECORD_ID, Reading};
use super::rule::{Rule, Surroundings};
use crate::decode::{self, DecodeError};
use crate::frame::{Frame, Framer, RecordKind};
use crate::names::Table;
use crate::rows::Row;
use crate::time::Time;
use crate::window::Bounds;

/// Everything of a session but the framing of bytes.
#[derive(Debug)]
pub(super) struct Engine {
    config: Config,
    pub(super) rules: Vec<Rule>,
    pub(super) reading: Reading,
    now: Option<Time>,
    /// Rows whose alerts wait to be taken, in their order.
    waiting: VecDeque<Waiting>,
    /// Bytes that they hold.
    waiting_bytes: usize,
    /// Bytes that the longest of their lines may take.
    longest_line: usize,
    pub(super) counters: Counters,
    /// Bytes of the configuration and the built-in one.
    text: usize,
    /// Bytes that the open windows hold.
    state: usize,
}

/// A row whose alert waits.
#[derive(Debug)]
struct Waiting {
    bounds: Bounds,
    /// The rule's place among the rules.
    rule: usize,
    row: Row,
}

/// Alerts are written when they are taken, and no more at once than this many
/// bytes and one line: all lines of a full window can take several times what
/// the window did.
const TAKEN_AT_ONCE: usize = 256 << 10;

impl Engine {
    pub(super) fn open(config: &[u8], builtin: &[u8]) -> Result<Self, SessionError> {
        let text_bytes = config.len().saturating_add(builtin.len());
        let config = Config::read(config, builtin)?;
        let mut rules = Vec::new();
        for detection in &config.detections {
            rules.push(Rule::new(detection, &config)?);
        }
        let mut fields: BTreeSet<String> = BTreeSet::new();
        for rule in &rules {
            fields.extend(rule.plan.fields.iter().cloned());
        }
        if config.samples > 0 {
            fields.insert(RECORD_ID.to_string());
        }
        let keep_all = rules.iter().any(|rule| rule.plan.all_fields);
        let table = Table::new(config.sources.clone(), fields, keep_all);
        for rule in &mut rules {
            rule.settle(&table);
        }
        let keep_raw = config.samples > 0 || rules.iter().any(Rule::asks_raw);
        let defaults = config.defaults.clone();
        Ok(Engine {
            config,
            rules,
            reading: Reading::new(table, defaults, keep_raw),
            now: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            longest_line: 0,
            counters: Counters::default(),
            text: text_bytes,
            state: 0,
        })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Bytes of memory that a session needs at the most, the module's own among
    /// them.
    pub(super) fn memory_needed(&self) -> usize {
        // The program with its stack, and the plans of the searches.
        let base = (4usize << 20).saturating_add(self.text.saturating_mul(40));
        base.saturating_add(self.config.limits.memory())
    }

    /// A framer for the current input.
    pub(super) fn framer(&self) -> Framer {
        Framer::new(self.reading.input.format, self.config.limits.record)
    }

    pub(super) fn begin_input(&mut self, settings: InputSettings) {
        self.reading.begin_input(settings, &self.config.defaults);
    }

    /// Is there room for another push? What one push brings may go over the
    /// limit; the next one is refused.
    pub(super) fn check_room(&self) -> Result<(), SessionError> {
        let limit = self.config.limits.state;
        let message = if self.state >= limit {
            format!(
                "the open windows hold {} bytes, and `limits.state` allows {limit}: raise it, or \
                 give the search fewer groups",
                self.state
            )
        } else if self.waiting_bytes >= limit {
            format!(
                "the alerts that wait hold {} bytes, and `limits.state` allows {limit}: take them",
                self.waiting_bytes
            )
        } else {
            return Ok(());
        };
        Err(SessionError::new(ErrorCode::OutOfMemory, message))
    }

    /// Takes a frame of the current input.
    pub(super) fn frame(&mut self, frame: Frame<'_>) {
        match frame {
            Frame::Malformed {
                reason,
                bytes,
                offset,
            } => {
                self.counters.records += 1;
                let reason = reason.message().to_string();
                self.counters
                    .malformed(&self.reading.input.name, offset, reason, bytes);
            }
            Frame::Record {
                kind: RecordKind::CsvHeader,
                bytes,
                offset,
            } => match decode::csv_header(bytes) {
                Ok(header) => self.reading.csv_header = header,
                Err(error) => {
                    self.counters.records += 1;
                    self.malformed(&error, bytes, offset);
                }
            },
            Frame::Record {
                kind,
                bytes,
                offset,
            } => {
                self.counters.records += 1;
                self.counters.candidates += 1;
                self.record(kind, bytes, offset);
            }
        }
    }

    fn malformed(&mut self, error: &DecodeError, bytes: &[u8], offset: u64) {
        self.counters
            .malformed(&self.reading.input.name, offset, error.to_string(), bytes);
    }

    fn record(&mut self, kind: RecordKind, bytes: &[u8], offset: u64) {
        let wrapping = self.reading.wrapping(kind, bytes);
        let (event, decoded) = match self.reading.read(kind, bytes, &wrapping) {
            Ok(read) => read,
            Err(error) => return self.malformed(&error, bytes, offset),
        };
        if decoded.invalid_utf8 {
            self.counters.invalid_utf8 += 1;
        }
        if let (Some(now), Some(time)) = (self.now, event.time())
            && time.seconds() > now.seconds().saturating_add(self.config.limits.future)
        {
            self.counters.future += 1;
        }
        // A push may bring the windows over their limit by a quarter.
        let most = self
            .config
            .limits
            .state
            .saturating_add(self.config.limits.state / 4);
        let keep_samples = self.config.samples;
        let reading = &self.reading;
        let sample = || (keep_samples > 0).then(|| reading.sample(&event, bytes, offset));
        let surroundings = Surroundings {
            zone: &self.config.defaults.zone,
            sample: &sample,
            keep_samples,
            room: most.saturating_sub(self.state),
        };
        for rule in &mut self.rules {
            self.state += rule.take(&event, &surroundings, &mut self.counters);
        }
    }

    pub(super) fn advance(&mut self, now_ms: i64) {
        let seconds = now_ms.div_euclid(1000);
        let now = Time::new(seconds, (now_ms.rem_euclid(1000) * 1_000_000) as u32, 3);
        if self.now.is_some_and(|before| now < before) {
            self.counters.clock_back += 1;
            return;
        }
        self.now = Some(now);
        self.reading.defaults.now = Some(now);
        if self.config.clock == Clock::Host {
            self.close(Some(seconds));
        }
    }

    pub(super) fn close_all(&mut self) {
        self.close(None);
    }

    /// Closes what is due, in the order of window end, window start, rule, row.
    fn close(&mut self, now: Option<i64>) {
        let zone = &self.config.defaults.zone;
        let mut closed: Vec<(Bounds, usize, Vec<Row>)> = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            for (bounds, rows) in rule.close(now, zone) {
                closed.push((bounds, index, rows));
            }
        }
        closed.sort_by_key(|(bounds, index, _)| (bounds.span(), *index, *bounds));
        for (bounds, rule, rows) in closed {
            for row in rows {
                self.waiting_bytes += row.bytes();
                let line = self
                    .rules
                    .get(rule)
                    .map_or(0, |rule| rule.line_length(&row));
                self.longest_line = self.longest_line.max(line);
                self.counters.alerts += 1;
                self.waiting.push_back(Waiting { bounds, rule, row });
            }
        }
        self.state = self.rules.iter().map(Rule::bytes).sum();
    }

    /// How many alerts wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Takes the alerts that wait, up to about [`TAKEN_AT_ONCE`].
    pub(super) fn take_alerts(&mut self) -> Vec<u8> {
        let mut lines = Vec::new();
        while lines.len() < TAKEN_AT_ONCE {
            let Some(Waiting { bounds, rule, row }) = self.waiting.pop_front() else {
                break;
            };
            self.waiting_bytes = self.waiting_bytes.saturating_sub(row.bytes());
            if let Some(rule) = self.rules.get(rule) {
                rule.write_alert(bounds, &row, &mut lines);
            }
        }
        if self.waiting.is_empty() {
            self.longest_line = 0;
        }
        lines
    }

    /// Bytes of the lines of one taking without the last, and of the longest line.
    pub(super) fn taken_at_once(&self) -> (usize, usize) {
        (TAKEN_AT_ONCE, self.longest_line)
    }

    /// Bytes that the rows of the open windows may take.
    pub(super) fn rows_to_come(&self) -> usize {
        let rules = self.rules.iter();
        rules
            .map(|rule| rule.bytes().saturating_mul(rule.row_factor()))
            .fold(0, usize::saturating_add)
    }

    pub(super) fn counters(&self) -> Counters {
        let groups = self.rules.iter().map(Rule::groups).sum::<usize>() as u64;
        Counters {
            groups,
            ..self.counters.clone()
        }
    }

    pub(super) fn fields(&self) -> &[String] {
        self.reading.table.fields()
    }
}

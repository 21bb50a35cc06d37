//! The stations in their order: a frame is decoded, named, and given to each
//! rule; closed windows become alerts.

mod alone;
mod holdings;
mod room;

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::holdings::Holdings;
use super::clock::{Clock, Step};
use super::config::{ClockSource, Config};
use super::counters::{Counters, count};
use super::describe;
use super::error::{ErrorCode, SessionError};
use super::headroom::Headroom;
use super::held::{Clocked, Held, HeldFrame, Progress};
use super::queue::Queue;
use super::reading::{Around, RECORD_ID, Reading};
use super::rule::{Rule, Surroundings};
use crate::annotate;
use crate::decode::{self, DecodeError};
use crate::frame::{Frame, RecordKind, Sink};
use crate::names::Table;
use crate::plan::{Bounds, Expressions};
use crate::scan::{Scan, Stored};
use crate::snapshot::Digest;
use crate::time::Time;

/// The kinds of snapshot: of a session, and of one group.
pub(super) const SESSION: u8 = 0;
pub(super) const PARTIAL: u8 = 1;

/// Everything of a session but the framing of bytes.
///
/// Alerts are made as far as there is room for them to wait. What is left then,
/// windows that are due and frames that came, is held until alerts have been
/// taken: the engine is full.
#[derive(Debug)]
pub(super) struct Engine {
    config: Config,
    pub(super) rules: Vec<Rule>,
    /// Why the other detections cannot run.
    pub(super) refused: Vec<SessionError>,
    /// Which records can match.
    pub(super) scan: Scan,
    /// Which of the events can match that a host has not decoded; made when it asks first.
    stored: Option<Stored>,
    pub(super) reading: Reading,
    pub(super) clock: Clock,
    pub(super) queue: Queue,
    pub(super) counters: Counters,
    /// Until when windows are due that have not been closed yet.
    pub(super) due: Option<Due>,
    /// Frames that came while it was full.
    pub(super) held: VecDeque<Held>,
    /// The end of input has come; windows are closed behind the frames held.
    pub(super) ending: bool,
    /// The second that a pipeline gave the last record. It paces what is given of late
    /// events, and is of no state.
    told: Option<i64>,
    /// Over all that decides what the rules find.
    pub(super) digest: Digest,
    /// Bytes of the configuration and the built-in one.
    text: usize,
    /// What the regular expressions of the searches take.
    expressions: Expressions,
}

/// Until when windows are due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Those whose run is at or before this.
    To(i64),
    /// All of them.
    All,
}

impl Engine {
    pub(super) fn open(
        config: &[u8],
        carried: &[&[u8]],
        has_memory: fn(Headroom) -> bool,
    ) -> Result<Self, SessionError> {
        let lengths = carried.iter().map(|layer| layer.len());
        let text_bytes = lengths.fold(config.len(), usize::saturating_add);
        let config = Config::read(config, carried)?;
        let can_compile = |bytes| has_memory(Headroom::to_compile(bytes));
        let bounds = Bounds::new(text_bytes, &can_compile);
        let (mut rules, refused) = rules(&config, &bounds)?;
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
        let scan = Scan::new(
            rules.iter().map(|rule| &rule.plan.filter),
            &config.sources,
            &annotate::COMMON,
        );
        let keep_raw = config.samples > 0 || rules.iter().any(Rule::asks_raw);
        let defaults = config.defaults.clone();
        Ok(Engine {
            digest: describe::digest(&config, &rules),
            clock: Clock::new(config.clock, config.limits.future),
            config,
            rules,
            refused,
            scan,
            stored: None,
            reading: Reading::new(table, defaults, keep_raw),
            queue: Queue::default(),
            counters: Counters::default(),
            due: None,
            held: VecDeque::new(),
            ending: false,
            told: None,
            text: text_bytes,
            expressions: bounds.expressions(),
        })
    }

    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Bytes of memory that a session needs at the most, the module's own among
    /// them.
    pub(super) fn memory_needed(&self) -> usize {
        // The program with its stack, and the plans of the searches.
        let base = (4usize << 20)
            .saturating_add(self.text.saturating_mul(40))
            .saturating_add(self.expressions.bytes);
        base.saturating_add(self.config.limits.memory())
            .max(Headroom::needed_to_open(self.text, self.expressions))
    }

    /// Does something wait for alerts to be taken?
    pub(super) fn is_full(&self) -> bool {
        self.due.is_some()
            || !self.held.is_empty()
            || self.queue.bytes() >= self.config.limits.state
    }

    /// Is there nothing that waits for alerts to be taken?
    pub(super) fn check_room(&self) -> Result<(), SessionError> {
        if !self.is_full() {
            return Ok(());
        }
        let message = alloc::format!(
            "{} alerts wait, as many as `limits.state` has room for: take them first",
            self.queue.len()
        );
        Err(SessionError::new(ErrorCode::OutOfMemory, message))
    }

    /// Can none of the events match that these bytes store? Then they are counted.
    ///
    /// The place of an event in a sample is that in all of the input, decoded.
    pub(super) fn pass(&mut self, bytes: &[u8], records: u64) -> bool {
        if !self.may_pass() || self.config.samples > 0 {
            return false;
        }
        let (rules, sources) = (&self.rules, &self.config.sources);
        let stored = self.stored.get_or_insert_with(|| {
            let searches = rules.iter().map(|rule| &rule.plan.filter);
            Stored::new(searches, sources)
        });
        let passes = !stored.may_match(bytes);
        if passes {
            count(&mut self.counters.records, records);
        }
        passes
    }

    /// Bytes that making what [`Engine::pass`] looks for takes, if that is not done yet.
    pub(super) fn stored_to_come(&self) -> usize {
        match self.stored {
            Some(_) => 0,
            None => self.text.saturating_mul(40),
        }
    }

    fn malformed(&mut self, error: &DecodeError, bytes: &[u8], offset: u64) {
        let name = &self.reading.input.settings.name;
        self.counters
            .malformed(name, offset, error.to_string(), bytes);
    }

    /// Takes a record, from where it has come to.
    fn record(&mut self, kind: RecordKind, bytes: &[u8], offset: u64, progress: Progress) {
        if let Err(error) = self.read_record(kind, bytes, offset, progress) {
            self.malformed(&error, bytes, offset);
        }
    }

    /// Takes a record, where it can be read. It is held where there is no more room for
    /// what it leads to, and goes on from there.
    fn read_record(
        &mut self,
        kind: RecordKind,
        bytes: &[u8],
        offset: u64,
        progress: Progress,
    ) -> Result<(), DecodeError> {
        let around = Around::default();
        let (event, decoded) = self.reading.read(kind, bytes, &around)?;
        let clocked = progress.clocked;
        if self.clock.source == ClockSource::Record
            && clocked == Clocked::No
            && let Some(time) = event.time()
        {
            let step = self.clock.record(time);
            if !self.clock.is_ahead(Some(time)) {
                let horizon = self.clock.horizon();
                let (rules, queue) = (&mut self.rules, &mut self.queue);
                Holdings::new(&self.config, rules, queue, &mut self.counters).give_ahead(horizon);
            }
            if step == Step::Moves {
                drop(event);
                self.moved();
                let progress = Progress::new(Clocked::Yes);
                if self.is_full() {
                    self.hold(kind, bytes, offset, progress);
                    return Ok(());
                }
                return self.read_record(kind, bytes, offset, progress);
            }
        }
        let ahead = self.clock.is_ahead(event.time());
        if progress.rules == 0 {
            count(
                &mut self.counters.invalid_utf8,
                u64::from(decoded.invalid_utf8),
            );
            count(&mut self.counters.fields, event.left_out());
            count(&mut self.counters.future, u64::from(ahead));
        }
        let keep_samples = self.config.samples;
        let reading = &self.reading;
        let sample = || (keep_samples > 0).then(|| reading.sample(&event, bytes, offset));
        let surroundings = Surroundings {
            zone: &self.config.defaults.zone,
            sample: &sample,
            keep_samples,
            most: self.config.limits.of_event(),
            ahead: ahead && (self.config.clock == ClockSource::Host || clocked == Clocked::Apart),
        };
        // Of many rules most ask for nothing that the record has.
        let may_skip = self.rules.len() > 1 && !self.config.strict;
        let asked = may_skip.then(|| self.scan.asked(bytes));
        let asks = |index: usize| asked.as_ref().is_none_or(|asked| asked.asks(index));
        let (rules, queue) = (&mut self.rules, &mut self.queue);
        let rules = Holdings::new(&self.config, rules, queue, &mut self.counters).take(
            &event,
            &surroundings,
            progress.rules,
            asks,
        );
        if rules < self.rules.len() {
            let clocked = match clocked {
                Clocked::No => Clocked::Yes,
                known => known,
            };
            self.hold(kind, bytes, offset, Progress { clocked, rules });
        }
        Ok(())
    }

    fn hold(&mut self, kind: RecordKind, bytes: &[u8], offset: u64, progress: Progress) {
        let frame = HeldFrame::record(kind, bytes, offset);
        self.held.push_back(Held { frame, progress });
    }

    /// May records be passed over? Where they move the clock, the time of each is asked for.
    fn may_pass(&self) -> bool {
        self.scan.tells_apart() && !self.config.strict && self.clock.source != ClockSource::Record
    }

    /// The host tells the time.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        reason = "milliseconds of a second"
    )]
    pub(super) fn advance(&mut self, now_ms: i64) {
        let seconds = now_ms.div_euclid(1000);
        let now = Time::new(seconds, (now_ms.rem_euclid(1000) * 1_000_000) as u32, 3);
        if !self.clock.tell(now) {
            count(&mut self.counters.clock_back, 1);
            return;
        }
        if self.clock.source == ClockSource::End {
            self.reading.set_now(Some(now));
            return;
        }
        self.told();
    }

    /// The time was told: what is held of the time after its horizon is given, and the
    /// clock has moved.
    fn told(&mut self) {
        let horizon = self.clock.horizon();
        self.holdings().give_ahead(horizon);
        self.moved();
    }

    /// The clock has moved: what late events changed is given, and windows whose
    /// run has come are closed.
    fn moved(&mut self) {
        let Some(now) = self.clock.now() else { return };
        self.reading.set_now(Some(now));
        self.holdings().give_changes();
        for rule in &mut self.rules {
            rule.advance(now.seconds(), self.config.late.keep);
        }
        self.due = Some(Due::To(now.seconds()));
        self.close_due();
    }

    /// The end of the input and of time.
    pub(super) fn end(&mut self) {
        self.ending = true;
        self.go_on();
    }

    /// Goes on with what was held, as far as there is room.
    pub(super) fn go_on(&mut self) {
        loop {
            self.close_due();
            if self.due.is_some() || self.queue.bytes() >= self.config.limits.state {
                return;
            }
            // Taken out, so that the frame at hand is not held for the others.
            let mut held = core::mem::take(&mut self.held);
            match held.pop_front() {
                Some(Held { frame, progress }) => match frame.as_frame() {
                    Frame::Record {
                        kind,
                        bytes,
                        offset,
                    } if progress.clocked != Clocked::No => {
                        self.record(kind, bytes, offset, progress);
                    }
                    frame => self.frame(frame),
                },
                None if self.ending => {
                    self.ending = false;
                    self.holdings().give_changes();
                    for rule in &mut self.rules {
                        rule.windows.end_of_time();
                    }
                    self.due = Some(Due::All);
                    continue;
                }
                None => return,
            }
            self.held.append(&mut held);
        }
    }

    /// Takes alerts that wait, as JSON lines.
    pub(super) fn take_alerts(&mut self) -> Vec<u8> {
        self.queue.take(&self.rules, &self.digest)
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            groups: self.size().groups as u64,
            ..self.counters.clone()
        }
    }

    pub(super) fn fields(&self) -> &[String] {
        self.reading.table.fields()
    }
}

/// The detections that can run, and why the others cannot. One that cannot is an error,
/// but where the others are to run; then it is one where there are no others.
fn rules(
    config: &Config,
    bounds: &Bounds<'_>,
) -> Result<(Vec<Rule>, Vec<SessionError>), SessionError> {
    let (mut rules, mut refused) = (Vec::new(), Vec::new());
    for detection in &config.detections {
        match Rule::new(detection, config, bounds) {
            Ok(rule) => rules.push(rule),
            Err(error) if config.skips_refused && error.code != ErrorCode::OutOfMemory => {
                refused.push(error);
            }
            Err(error) => return Err(error),
        }
    }
    if rules.is_empty() && !refused.is_empty() {
        return Err(refused.swap_remove(0));
    }
    Ok((rules, refused))
}

impl Sink for Engine {
    /// Takes a frame of the current input.
    fn frame(&mut self, frame: Frame<'_>) {
        if self.is_full() {
            self.held.push_back(Held::of(frame));
            return;
        }
        match frame {
            Frame::Malformed {
                reason,
                bytes,
                offset,
            } => {
                count(&mut self.counters.records, 1);
                let reason = reason.message().to_string();
                self.counters
                    .malformed(&self.reading.input.settings.name, offset, reason, bytes);
            }
            Frame::Record {
                kind: RecordKind::CsvHeader,
                bytes,
                offset,
            } => match decode::csv_header(bytes) {
                Ok(header) => self.reading.input.csv_header = header,
                Err(error) => {
                    count(&mut self.counters.records, 1);
                    self.malformed(&error, bytes, offset);
                }
            },
            Frame::Record {
                kind,
                bytes,
                offset,
            } => {
                count(&mut self.counters.records, 1);
                if self.may_pass() && !self.scan.may_match(bytes) {
                    return;
                }
                count(&mut self.counters.candidates, 1);
                self.record(kind, bytes, offset, Progress::new(Clocked::No));
            }
        }
    }

    fn takes_lines(&self) -> bool {
        true
    }

    fn pass(&mut self, lines: &[u8], longest: usize) -> usize {
        if !self.may_pass() {
            return 0;
        }
        let clear = self.scan.clear_lines(lines, longest);
        count(&mut self.counters.records, clear.lines);
        clear.length
    }

    fn line(&mut self, line: &[u8], offset: u64) -> bool {
        let is_taken = !self.is_full()
            && self
                .read_record(RecordKind::Json, line, offset, Progress::new(Clocked::No))
                .is_ok();
        count(&mut self.counters.records, u64::from(is_taken));
        count(&mut self.counters.candidates, u64::from(is_taken));
        is_taken
    }

    fn finds(&self, bytes: &[u8]) -> bool {
        !self.may_pass() || self.scan.may_match(bytes)
    }
}

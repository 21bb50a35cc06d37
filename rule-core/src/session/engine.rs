//! The stations in their order: a frame is decoded, named, and given to each
//! rule; closed windows become alerts.

mod alone;
mod room;

use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::behind::Changes;
use super::clock::{Clock, Step};
use super::config::{ClockSource, Config};
use super::counters::{Counters, count};
use super::describe;
use super::error::{ErrorCode, SessionError};
use super::headroom::Headroom;
use super::held::{Held, HeldFrame};
use super::queue::{Queue, Says, Waiting};
use super::reading::{Around, RECORD_ID, Reading};
use super::rule::{Outcome, Rule, Surroundings};
use crate::alert::{Change, Kind};
use crate::annotate;
use crate::decode::{self, DecodeError};
use crate::entries;
use crate::frame::{Frame, RecordKind, Sink};
use crate::names::Table;
use crate::plan::{Bounds, Expressions};
use crate::scan::{Scan, Stored};
use crate::snapshot::Digest;
use crate::time::{Time, Zone};
use crate::window::{self, State};

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

/// Does the clock know of a record?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clocked {
    /// Not yet.
    No,
    /// By the time of its event.
    Yes,
    /// By a time that is not its event's.
    Apart,
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

    /// Takes a record.
    fn record(&mut self, kind: RecordKind, bytes: &[u8], offset: u64, clocked: Clocked) {
        if let Err(error) = self.read_record(kind, bytes, offset, clocked) {
            self.malformed(&error, bytes, offset);
        }
    }

    /// Takes a record, where it can be read.
    fn read_record(
        &mut self,
        kind: RecordKind,
        bytes: &[u8],
        offset: u64,
        clocked: Clocked,
    ) -> Result<(), DecodeError> {
        let around = Around::default();
        let (event, decoded) = self.reading.read(kind, bytes, &around)?;
        if self.clock.source == ClockSource::Record
            && clocked == Clocked::No
            && let Some(time) = event.time()
        {
            let step = self.clock.record(time);
            if !self.clock.is_ahead(Some(time)) {
                let horizon = self.clock.horizon();
                let (rules, queue) = (&mut self.rules, &mut self.queue);
                give_ahead(horizon, rules, queue, &mut self.counters);
            }
            if step == Step::Moves {
                drop(event);
                self.moved();
                if self.is_full() {
                    let frame = HeldFrame::record(kind, bytes, offset);
                    self.held.push_back(Held { frame, timed: true });
                    return Ok(());
                }
                return self.read_record(kind, bytes, offset, Clocked::Yes);
            }
        }
        if decoded.invalid_utf8 {
            count(&mut self.counters.invalid_utf8, 1);
        }
        count(&mut self.counters.fields, event.left_out());
        let ahead = self.clock.is_ahead(event.time());
        count(&mut self.counters.future, u64::from(ahead));
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
        let mut has_matched = false;
        // Of those that lead to something at once: few do.
        let mut outcomes: Vec<(usize, Outcome)> = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            if asked.as_ref().is_some_and(|asked| !asked.asks(index)) {
                continue;
            }
            let outcome = rule.take(&event, &surroundings, &mut self.counters);
            has_matched |= outcome.matched;
            if outcome.matched && !(outcome.early.is_empty() && outcome.partial.is_empty()) {
                outcomes.push((index, outcome));
            }
        }
        if !has_matched {
            return Ok(());
        }
        for (index, outcome) in outcomes {
            for (window, change) in outcome.early {
                self.give(index, window, Kind::Early, change);
            }
            for (window, state) in outcome.partial {
                self.give_groups(index, window, state);
            }
        }
        self.make_room();
        Ok(())
    }

    /// Gives a row of a window itself, which is part 0.
    fn give(&mut self, rule: usize, window: window::Bounds, kind: Kind, change: Change) {
        self.counters.alert(kind);
        let waiting = Waiting::of(rule, window, kind, 0, change);
        self.queue.push(waiting, &self.rules);
    }

    /// Gives groups that make room, each as a part of its own.
    fn give_groups(&mut self, rule: usize, window: window::Bounds, state: State) {
        let (rules, queue) = (&mut self.rules, &mut self.queue);
        give_groups(rule, window, state, rules, queue, &mut self.counters);
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
        let (rules, queue) = (&mut self.rules, &mut self.queue);
        give_ahead(horizon, rules, queue, &mut self.counters);
        self.moved();
    }

    /// The clock has moved: what late events changed is given, and windows whose
    /// run has come are closed.
    fn moved(&mut self) {
        let Some(now) = self.clock.now() else { return };
        self.reading.set_now(Some(now));
        self.give_changes();
        for rule in &mut self.rules {
            rule.advance(now.seconds(), self.config.late.keep);
        }
        self.due = Some(Due::To(now.seconds()));
        self.close_due();
    }

    /// Gives what has changed in windows that have closed, and the rows that come
    /// early where that takes a look at whole windows.
    fn give_changes(&mut self) {
        let zone = &self.config.defaults.zone;
        let mut waiting: Vec<Waiting> = Vec::new();
        for (index, rule) in self.rules.iter_mut().enumerate() {
            waiting.extend(changed(index, rule, zone, &mut self.counters));
            let early = rule.early_by_window(zone).into_iter();
            waiting
                .extend(early.map(|(window, row)| Waiting::of(index, window, Kind::Early, 0, row)));
        }
        let order = |one: &Waiting| (one.window.span(), one.rule);
        entries::sort(&mut waiting, |left, right| order(left).cmp(&order(right)));
        for one in waiting {
            self.counters.alert(one.kind);
            self.queue.push(one, &self.rules);
        }
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
                Some(Held {
                    frame,
                    timed: false,
                }) => self.frame(frame.as_frame()),
                Some(Held { frame, timed: true }) => {
                    if let Frame::Record {
                        kind,
                        bytes,
                        offset,
                    } = frame.as_frame()
                    {
                        self.record(kind, bytes, offset, Clocked::Yes);
                    }
                }
                None if self.ending => {
                    self.ending = false;
                    self.give_changes();
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
                self.record(kind, bytes, offset, Clocked::No);
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
                .read_record(RecordKind::Json, line, offset, Clocked::No)
                .is_ok();
        count(&mut self.counters.records, u64::from(is_taken));
        count(&mut self.counters.candidates, u64::from(is_taken));
        is_taken
    }

    fn finds(&self, bytes: &[u8]) -> bool {
        !self.may_pass() || self.scan.may_match(bytes)
    }
}

/// What late events have changed, as alerts.
fn changed(index: usize, rule: &mut Rule, zone: &Zone, counters: &mut Counters) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    for changes in rule.changes(zone, counters) {
        let Changes {
            window, kind, part, ..
        } = changes;
        let rows = changes.rows.into_iter();
        waiting.extend(rows.map(|row| Waiting::of(index, window, kind, part, row)));
    }
    waiting
}

/// Gives what is held of the time after the horizon: no record but one that is
/// ahead of the clock could have put it there, and it would hold memory until its
/// time comes.
fn give_ahead(
    horizon: Option<i64>,
    rules: &mut [Rule],
    queue: &mut Queue,
    counters: &mut Counters,
) {
    let Some(horizon) = horizon else { return };
    for index in 0..rules.len() {
        while let Some((window, state)) = rules
            .get_mut(index)
            .and_then(|rule| rule.windows.take_last(horizon))
        {
            give_groups(index, window, state, rules, queue, counters);
        }
    }
}

fn give_groups(
    index: usize,
    window: window::Bounds,
    state: State,
    rules: &mut [Rule],
    queue: &mut Queue,
    counters: &mut Counters,
) {
    count(&mut counters.expanded, state.left_out());
    for group in state.into_single() {
        let Some(rule) = rules.get_mut(index) else {
            return;
        };
        let waiting = Waiting {
            window,
            rule: index,
            kind: Kind::Partial,
            part: rule.behind.new_part(),
            revision: 0,
            says: Says::Group(group),
        };
        counters.alert(Kind::Partial);
        queue.push(waiting, rules);
    }
}

//! A session's state as bytes, and back; and two states joined.
//!
//! What is written is what changes while a session runs. What it was opened with
//! is not: a digest of it stands in the envelope.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::behind::Behind;
use super::clock::Clock;
use super::counters::Counters;
use super::early::Early;
use super::engine::{Due, Engine, PARTIAL, SESSION};
use super::error::{ErrorCode, SessionError};
use super::held::Held;
use super::queue::Queue;
use super::reading::Input;
use super::{Aside, MAX_ASIDE, Session};
use crate::frame::Framer;
use crate::snapshot::{self, Damaged, OpenError, Reader, VERSION, Writer};
use crate::window::{Bounds, State, Windows};

/// A state that was read.
struct Taken {
    rules: Vec<OfRule>,
    clock: Clock,
    counters: Counters,
    queue: Queue,
    due: Option<Due>,
    held: VecDeque<Held>,
    ending: bool,
    finished: bool,
    current: Aside,
    aside: BTreeMap<String, Aside>,
    backlog: Vec<u8>,
}

/// What a rule holds.
struct OfRule {
    windows: Windows,
    behind: Behind,
    early: Option<Early>,
}

pub(super) fn write(session: &Session) -> Vec<u8> {
    let engine = &session.engine;
    snapshot::seal(SESSION, &engine.digest, |writer| {
        engine.clock.write(writer);
        engine.counters.write(writer);
        for rule in &engine.rules {
            rule.windows.write(writer);
            rule.behind.write(writer);
            if let Some(early) = &rule.early {
                early.write(writer);
            }
        }
        engine.queue.write(writer);
        writer.option(engine.due, |writer, due| match due {
            Due::To(now) => writer.option(Some(now), Writer::signed),
            Due::All => writer.option(None, Writer::signed),
        });
        writer.list(engine.held.iter(), |writer, held| held.write(writer));
        writer.flag(engine.ending);
        writer.flag(session.finished);
        session.framer.write(writer);
        engine.reading.input.write(writer);
        writer.list(session.aside.values(), |writer, aside| {
            aside.framer.write(writer);
            aside.input.write(writer);
        });
        writer.bytes(&session.backlog);
    })
}

pub(super) fn restore(session: &mut Session, bytes: &[u8]) -> Result<(), SessionError> {
    let taken = match open(session, bytes)? {
        (SESSION, state) => read(&session.engine, state).map_err(|Damaged| damaged())?,
        (_, _) => return Err(bad("this is the state of one group: merge it")),
    };
    let engine = &mut session.engine;
    for (rule, taken) in engine.rules.iter_mut().zip(taken.rules) {
        rule.windows = taken.windows;
        rule.behind = taken.behind;
        rule.early = taken.early;
    }
    engine.clock = taken.clock;
    engine.counters = taken.counters;
    engine.queue = taken.queue;
    engine.due = taken.due;
    engine.held = taken.held;
    engine.ending = taken.ending;
    engine.reading.set_now(engine.clock.now());
    session.finished = taken.finished;
    session.aside = taken.aside;
    session.backlog = taken.backlog;
    session.enter(taken.current);
    Ok(())
}

pub(super) fn merge(session: &mut Session, bytes: &[u8]) -> Result<(), SessionError> {
    let (kind, state) = open(session, bytes)?;
    if let Some(what) = session.is_busy() {
        return Err(cannot(&format!("this session {what}")));
    }
    if kind == PARTIAL {
        return merge_group(&mut session.engine, state);
    }
    let taken = read(&session.engine, state).map_err(|Damaged| damaged())?;
    if let Some(what) = taken.is_busy() {
        return Err(cannot(&format!("the other session {what}")));
    }
    let engine = &mut session.engine;
    if taken.clock.now() != engine.clock.now() {
        return Err(cannot(
            "the two were told different times: tell both the same time, or none",
        ));
    }
    let both = || engine.rules.iter().zip(&taken.rules);
    if !both().all(|(own, other)| own.windows.can_merge(&other.windows)) {
        return Err(cannot("the other session has windows that are closed here"));
    }
    let samples = engine.config().samples;
    for (own, other) in engine.rules.iter_mut().zip(&taken.rules) {
        let amended = own.windows.merge(&other.windows);
        own.behind.merge(&other.behind, samples);
        own.behind.amend(&amended);
        if let (Some(own), Some(other)) = (&mut own.early, &other.early) {
            own.merge(other);
        }
    }
    engine.counters.merge(&taken.counters);
    engine.holdings().make_room();
    Ok(())
}

/// Joins a group that was given as a partial alert.
fn merge_group(engine: &mut Engine, state: &[u8]) -> Result<(), SessionError> {
    let mut reader = Reader::new(state);
    let mut read = || {
        let index = reader.count()?;
        let window = Bounds::read(&mut reader)?;
        let stats = engine.rules.get(index).ok_or(Damaged)?.plan.stats.as_ref();
        let state = State::read(&mut reader, stats)?;
        reader.end()?;
        Ok((index, window, state))
    };
    let (index, window, state) = read().map_err(|Damaged| damaged())?;
    let rule = engine.rules.get_mut(index);
    match rule.is_some_and(|rule| rule.windows.merge_part(window, &state)) {
        true => {
            engine.holdings().make_room();
            Ok(())
        }
        false => Err(cannot("the windows of the group have closed")),
    }
}

fn read(engine: &Engine, state: &[u8]) -> Result<Taken, Damaged> {
    let mut reader = Reader::new(state);
    let reader = &mut reader;
    let clock = engine.clock.read(reader)?;
    let counters = Counters::read(reader)?;
    let mut rules = Vec::new();
    for rule in &engine.rules {
        let stats = rule.plan.stats.as_ref();
        rules.push(OfRule {
            windows: rule.windows.read(reader, stats)?,
            behind: Behind::read(reader, stats)?,
            early: match &rule.early {
                Some(early) => Some(early.read(reader)?),
                None => None,
            },
        });
    }
    let queue = Queue::read(reader, &engine.rules)?;
    let due = reader.option(|reader| {
        let now = reader.option(Reader::signed)?;
        Ok(now.map_or(Due::All, Due::To))
    })?;
    let held = reader.list(Held::read)?;
    let ending = reader.flag()?;
    let finished = reader.flag()?;
    let current = read_input(engine, reader)?;
    let mut aside = BTreeMap::new();
    for one in reader.list(|reader| read_input(engine, reader))? {
        let stream = one.input.settings.stream.clone().ok_or(Damaged)?;
        if aside.insert(stream, one).is_some() {
            return Err(Damaged);
        }
    }
    let backlog = reader.bytes()?.to_vec();
    reader.end()?;
    if aside.len() > MAX_ASIDE {
        return Err(Damaged);
    }
    let taken = Taken {
        rules,
        clock,
        counters,
        queue,
        due,
        held: held.into(),
        ending,
        finished,
        current,
        aside,
        backlog,
    };
    // It would wait for alerts to be taken that are not there.
    match taken.queue.is_empty() && taken.holds_up() {
        true => Err(Damaged),
        false => Ok(taken),
    }
}

fn read_input(engine: &Engine, reader: &mut Reader<'_>) -> Result<Aside, Damaged> {
    Ok(Aside {
        framer: Framer::read(reader, engine.config().limits.record)?,
        input: Input::read(reader, &engine.reading)?,
    })
}

impl Session {
    /// Why it cannot be joined with another; None where it can.
    fn is_busy(&self) -> Option<&'static str> {
        let engine = &self.engine;
        let mut framers = self.aside.values().map(|aside| &aside.framer);
        Busy {
            finished: self.finished,
            unfinished: !self.framer.is_between() || framers.any(|one| !one.is_between()),
            waiting: !engine.queue.is_empty() || engine.is_full() || !self.backlog.is_empty(),
            half_given: false,
        }
        .why()
    }
}

impl Taken {
    /// Is there something that waits for alerts to be taken?
    fn holds_up(&self) -> bool {
        self.due.is_some() || !self.held.is_empty() || self.ending || !self.backlog.is_empty()
    }

    fn is_busy(&self) -> Option<&'static str> {
        let mut behind = self.rules.iter().map(|rule| &rule.behind);
        let mut inputs = self.aside.values().chain([&self.current]);
        Busy {
            finished: self.finished,
            unfinished: inputs.any(|one| !one.framer.is_between()),
            waiting: !self.queue.is_empty() || self.holds_up(),
            half_given: behind.any(Behind::is_half_given),
        }
        .why()
    }
}

/// What keeps a session from being joined with another.
struct Busy {
    finished: bool,
    unfinished: bool,
    waiting: bool,
    half_given: bool,
}

impl Busy {
    fn why(&self) -> Option<&'static str> {
        let reasons = [
            (self.finished, "is finished"),
            (
                self.unfinished,
                "has an unfinished record: end its input first",
            ),
            (self.waiting, "has alerts that were not taken"),
            (
                self.half_given,
                "has late events on top of rows that it gave: tell it the time first",
            ),
        ];
        let found = reasons.into_iter().find(|(is_so, _)| *is_so);
        found.map(|(_, why)| why)
    }
}

fn open<'b>(session: &Session, bytes: &'b [u8]) -> Result<(u8, &'b [u8]), SessionError> {
    snapshot::open(bytes, &session.engine.digest).map_err(|error| match error {
        OpenError::NotASnapshot => bad("this is no snapshot"),
        OpenError::Version(version) => bad(&format!(
            "the snapshot is of version {version}, and this module reads version {VERSION}"
        )),
        OpenError::Damaged => damaged(),
        OpenError::OtherRules => SessionError::new(
            ErrorCode::OtherRules,
            "the snapshot is of other rules or settings: open the session with those that it \
             was made with",
        ),
    })
}

fn bad(message: &str) -> SessionError {
    SessionError::new(ErrorCode::BadSnapshot, message)
}

fn damaged() -> SessionError {
    bad("the snapshot is damaged: it is cut, or was changed")
}

fn cannot(message: &str) -> SessionError {
    SessionError::new(ErrorCode::CannotMerge, message)
}

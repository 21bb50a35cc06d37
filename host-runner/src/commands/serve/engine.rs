//! The engine: the one thread that owns the module. Work comes in, alerts go out, the
//! clock is told, the state is kept.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytesize::ByteSize;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::timeout;

use super::kept::Kept;
use crate::failure::{Failure, warn};
use crate::follow::{Clock, Stop};
use crate::module::{Counters, ModuleError, Session};
use crate::serve::metrics::Metrics;
use crate::serve::outbox::Outbox;
use crate::serve::status::Status;
use crate::serve::work::{Answer, Came, Entry, Part, Receivers, Work};

/// How often is looked what is due, where nothing comes.
const POLL: Duration = Duration::from_millis(100);

/// As many bodies are brought to the disk at once.
const BATCH: usize = 64;

/// As much of a part is given at once; alerts are taken in between.
const PUSH: usize = 256 * 1024;

/// So long is tried to deliver the last alerts.
const LAST: Duration = Duration::from_secs(10);

/// Why no events are taken.
const UNDELIVERED: &str = "the alerts are not taken, and no more of them can wait; come again";
const UNWRITTEN: &str = "what is taken cannot be written to the disk; come again";

/// The engine.
pub(super) struct Engine<'s> {
    pub(super) session: Session<'s>,
    pub(super) outbox: Outbox,
    pub(super) status: Arc<Status>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) receivers: Receivers,
    /// The checkpoints, where there are any.
    pub(super) kept: Option<Kept>,
    /// The clock by which windows close, where it is this machine's.
    pub(super) clock: Option<Clock>,
    /// Connections whose input the module has open.
    pub(super) streams: BTreeSet<String>,
    /// What the module has counted.
    pub(super) counters: Counters,
    /// A part that could not be written, and waits.
    pub(super) waiting: Option<Work>,
    /// Whether the journal does not take anything.
    pub(super) unwritten: bool,
    /// Whether the user was told of refused bytes.
    pub(super) passed_over: bool,
    /// Whether it ends: what waits is taken still.
    pub(super) stopping: bool,
}

/// How it ended.
pub(super) struct Ended {
    pub(super) counters: Counters,
    /// Alerts that were not delivered.
    pub(super) left: Vec<u8>,
    /// Whether a checkpoint has them.
    pub(super) kept: bool,
    /// Whether the last checkpoint could not be written.
    pub(super) behind: bool,
}

impl Engine<'_> {
    /// Goes on from a checkpoint and from what its journal has, and writes the first
    /// checkpoint of this start.
    pub(super) fn resume(&mut self, mut kept: Kept) -> Result<(), Failure> {
        self.streams.extend(kept.streams());
        self.outbox.put(&kept.undelivered()?);
        if let Some(mut entries) = kept.entries()? {
            while let Some(entry) = entries.next().map_err(|error| kept.unreadable(error))? {
                self.step(&entry)?;
            }
            if entries.left() > 0 {
                warn(&format!(
                    "the last {} of the journal were not written whole; what they are of was not acknowledged",
                    ByteSize(entries.left())
                ));
            }
        }
        // The connections of before are no more.
        for stream in std::mem::take(&mut self.streams) {
            self.end_stream(&stream)?;
        }
        self.kept = Some(kept);
        self.save()?;
        self.count()
    }

    /// Works until nothing comes any more.
    pub(super) fn run(
        &mut self,
        runtime: &Runtime,
        stop: &Stop,
        tell: &watch::Sender<bool>,
    ) -> Result<(), Failure> {
        loop {
            self.tick()?;
            if stop.is_told() && !self.stopping {
                self.stopping = true;
                self.status.stop();
                tell.send_replace(true);
            }
            let free = self.is_free();
            if free && let Some(work) = self.waiting.take() {
                self.part(work)?;
                continue;
            }
            let next = self.receivers.next(free);
            match runtime.block_on(async { timeout(POLL, next).await }) {
                Err(_) => {}
                Ok(Came::Body(work)) => self.bodies(work)?,
                Ok(Came::Part(work)) => self.part(work)?,
                Ok(Came::Ended) => return Ok(()),
            }
        }
    }

    /// What is due by now: the module's time, a checkpoint.
    pub(super) fn tick(&mut self) -> Result<(), Failure> {
        if let Some(error) = self.outbox.broken() {
            self.save()?;
            return Err(Failure::Output(io::Error::other(format!(
                "the output of the alerts takes no more: {error}"
            ))));
        }
        if let Some(now) = self.clock.as_mut().and_then(Clock::due)
            && !self.outbox.is_full()
        {
            let entry = Entry::Clock(now);
            if self.write([&entry]).is_ok() {
                self.step(&entry)?;
                self.count()?;
            }
        } else if self.unwritten && self.clock.is_none() {
            // Something that changes nothing, to see whether it can be written by now.
            let _ = self.write([&Entry::Clock(0)]);
        }
        if self.kept.as_ref().is_some_and(Kept::is_due) {
            self.save()?;
        }
        let blocked = match (self.outbox.is_full(), self.unwritten) {
            (true, _) => Some(UNDELIVERED),
            (false, true) => Some(UNWRITTEN),
            (false, false) => None,
        };
        self.status.block(blocked);
        Ok(())
    }

    /// Whether work is done at the moment. At the end what was taken is done whatever
    /// waits behind it.
    fn is_free(&self) -> bool {
        self.stopping || !self.outbox.is_full() && !self.unwritten
    }

    /// Takes a body, and with it those that wait.
    fn bodies(&mut self, first: Work) -> Result<(), Failure> {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Some(work) = self.receivers.waiting_body()
        {
            batch.push(work);
        }
        // Who has gone away was not answered, and sends it again.
        batch.retain(|work| {
            work.answer
                .as_ref()
                .is_none_or(|answer| !answer.is_closed())
        });
        let refused = if !self.stopping && self.outbox.is_full() {
            Some(UNDELIVERED)
        } else {
            let written = self.write(batch.iter().map(|work| &work.entry));
            written.and_then(|()| self.sync()).err().map(|_| UNWRITTEN)
        };
        for mut work in batch {
            let answer = match refused {
                Some(reason) => Answer::Later(reason),
                None => self.body(&work)?,
            };
            let waits = work.answer.take();
            // Its memory is there for what the client sends next.
            drop(work);
            if let Some(waits) = waits {
                // It may have gone away by now.
                let _ = waits.send(answer);
            }
        }
        Ok(())
    }

    fn body(&mut self, work: &Work) -> Result<Answer, Failure> {
        let before = (self.counters.records, self.counters.malformed);
        let refused = self.step(&work.entry)?;
        self.count()?;
        Ok(match refused {
            Some(reason) => Answer::Refused(reason),
            None => Answer::Taken {
                events: self.counters.records.saturating_sub(before.0),
                malformed: self.counters.malformed.saturating_sub(before.1),
            },
        })
    }

    /// Takes a part of a connection, or keeps it until it can be written.
    fn part(&mut self, work: Work) -> Result<(), Failure> {
        if self.write([&work.entry]).is_err() && !self.stopping {
            self.waiting = Some(work);
            return Ok(());
        }
        self.step(&work.entry)?;
        self.count()
    }

    /// Writes to the journal what is about to be done, where there is one.
    fn write<'e>(&mut self, entries: impl IntoIterator<Item = &'e Entry>) -> io::Result<()> {
        let Some(journal) = self.kept.as_mut().and_then(Kept::journal) else {
            return Ok(());
        };
        let written = journal.append(entries.into_iter());
        let length = journal.length();
        self.metrics.journal_bytes.set(length as f64);
        self.note(&written);
        written
    }

    /// Has what was written outlast a loss of power.
    fn sync(&mut self) -> io::Result<()> {
        let journal = self.kept.as_mut().and_then(Kept::journal);
        let synced = journal.map_or(Ok(()), |journal| journal.sync());
        if synced.is_err() {
            self.note(&synced);
        }
        synced
    }

    /// Notes whether the journal takes anything; the user is told when that changes.
    fn note(&mut self, written: &io::Result<()>) {
        if let (Err(error), false) = (written, self.unwritten) {
            warn(&format!(
                "cannot write to the journal: {error}; no events are taken until it can be written"
            ));
        }
        self.unwritten = written.is_err();
    }

    /// Has the module do something; why it refused, where it did.
    fn step(&mut self, entry: &Entry) -> Result<Option<String>, Failure> {
        match entry {
            Entry::Clock(now) => {
                if self.clock.is_some() {
                    self.session.advance(*now).map_err(Failure::Midway)?;
                    self.take()?;
                }
                Ok(None)
            }
            Entry::Part(part) => self.feed(part),
        }
    }

    fn feed(&mut self, part: &Part) -> Result<Option<String>, Failure> {
        let mut left = part.bytes.len();
        let mut refusal = refused(self.session.input(&part.about))?;
        if refusal.is_none() {
            self.streams.insert(part.stream().to_owned());
            for bytes in part.bytes.chunks(PUSH) {
                refusal = refused(self.session.push(bytes).map(drop))?;
                if refusal.is_some() {
                    break;
                }
                left -= bytes.len();
                self.take()?;
            }
        }
        if let Some(reason) = &refusal {
            self.passed_over(part, left, reason);
        }
        if part.ends {
            self.end_stream(part.stream())?;
        }
        Ok(refusal)
    }

    /// Ends an input: its last record is whole.
    fn end_stream(&mut self, stream: &str) -> Result<(), Failure> {
        let end = json!({ "stream": stream, "ends": true });
        // It is refused where the input could not be begun.
        refused(self.session.input(&end))?;
        self.streams.remove(stream);
        self.take()
    }

    /// Counts what the module refused, and tells of it once.
    fn passed_over(&mut self, part: &Part, bytes: usize, reason: &str) {
        let bytes = bytes as u64;
        self.metrics.passed_over_bytes.increment(bytes);
        if !std::mem::replace(&mut self.passed_over, true) {
            warn(&format!(
                "{} of `{}` are passed over: {reason}; others are counted in `/metrics`",
                ByteSize(bytes),
                part.stream()
            ));
        }
    }

    /// Takes the alerts that wait. What they are of is on the disk before they are seen.
    fn take(&mut self) -> Result<(), Failure> {
        loop {
            let lines = self.session.alerts().map_err(Failure::Midway)?;
            if lines.is_empty() {
                return Ok(());
            }
            self.metrics.count_alerts(lines);
            if let Some(journal) = self.kept.as_mut().and_then(Kept::journal)
                && journal.sync().is_err()
            {
                self.unwritten = true;
            }
            self.outbox.put(lines);
        }
    }

    /// Tells the metrics what the module has counted.
    fn count(&mut self) -> Result<(), Failure> {
        self.counters = self.session.counters().map_err(Failure::Midway)?;
        self.metrics.set_counters(&self.counters);
        let memory = self.session.memory();
        self.metrics.module_bytes.set(memory as f64);
        Ok(())
    }

    /// Writes a checkpoint, where they are wanted.
    fn save(&mut self) -> Result<(), Failure> {
        let Some(kept) = &mut self.kept else {
            return Ok(());
        };
        let streams = self.streams.iter();
        if let Some(saved) = kept.save(&mut self.session, &self.outbox, streams)? {
            let metrics = &self.metrics;
            metrics.checkpoint_bytes.set(saved.bytes as f64);
            metrics.checkpoint_seconds.set(saved.seconds as f64);
            let length = kept.journal().map_or(0, |journal| journal.length());
            metrics.journal_bytes.set(length as f64);
            self.unwritten = false;
        }
        Ok(())
    }

    /// Ends after a failure: delivers what alerts there are. Answers those that are left.
    pub(super) fn fail(&self) -> Vec<u8> {
        self.outbox.close(LAST)
    }

    /// Ends in order: with a checkpoint the windows stay open in it, else they give
    /// what they hold.
    pub(super) fn end(&mut self) -> Result<Ended, Failure> {
        if self.kept.is_none() {
            self.session.finish().map_err(Failure::Midway)?;
            self.take()?;
        }
        let left = self.outbox.close(LAST);
        self.save()?;
        self.count()?;
        let behind = self.kept.as_ref().is_some_and(Kept::is_behind);
        Ok(Ended {
            counters: std::mem::take(&mut self.counters),
            left,
            kept: self.kept.is_some() && !behind,
            behind,
        })
    }
}

/// What the module refused; it is as it was before.
fn refused(answer: Result<(), ModuleError>) -> Result<Option<String>, Failure> {
    match answer {
        Ok(()) => Ok(None),
        Err(ModuleError::Refused(refusal)) => Ok(Some(refusal.message.clone())),
        Err(error) => Err(Failure::Midway(error)),
    }
}

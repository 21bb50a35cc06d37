//! Records that come one by one with a time, and go on with their alerts in them:
//! the filter of a pipeline.

use alloc::vec::Vec;

use super::config::Records;
use super::error::SessionError;
use super::{Headroom, Session};
use crate::annotate::{Additions, Own};
use crate::frame::{Frame, RecordKind, Sink};
use crate::time::Time;

/// What a filter's configuration has above all others: time comes with the records,
/// and each match carries the row of its group as it is then.
pub const RECORDS_CONFIG: &[u8] = br#"{"clock":"record","early":"running"}"#;

/// As many bytes of alerts ride on one record, and one alert more.
const LOAD: usize = 256 << 10;

/// What becomes of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Annotated {
    /// It goes on as it came.
    AsItCame,
    /// This goes on in its place.
    Record(Vec<u8>),
    /// It goes no further: it carries no alert, and what does not is left out.
    LeftOut,
    /// It may match and is not one JSON object. Nothing was taken of it, nor counted: its
    /// host may make it one and give it again.
    Unreadable,
}

impl Session {
    /// Takes one JSON record with the time that its pipeline gives it, and puts the
    /// alerts into it that it led to:
    ///
    /// - the running alert of its match, as `rule_alert`; where it is in more groups
    ///   than one, the others stand in the list;
    /// - as the list `rule_alerts`, alerts of windows that its time has closed. Of many
    ///   alerts some ride on the records that follow.
    ///
    /// The time moves the clock, never back, and is that of an event that says none. What
    /// a record has under these keys itself is taken out. A record that is longer than
    /// `limits.record` is counted as malformed and leads to nothing.
    ///
    /// What cannot match, in a time that closes nothing, takes no more than a look at its
    /// bytes. For all else `has_memory` is asked before anything is taken, and again
    /// before alerts are written: those that there is no memory for ride on a later
    /// record.
    ///
    /// # Errors
    /// A session that is finished; and too little memory. The record is not taken.
    pub fn annotate(
        &mut self,
        record: &[u8],
        time: Time,
        has_memory: &dyn Fn(Headroom) -> bool,
    ) -> Result<Annotated, SessionError> {
        self.check_open()?;
        let is_candidate = self.engine.scan.may_match(record);
        if !is_candidate && self.engine.queue.is_empty() && self.engine.stays_at(time) {
            return Ok(self.passed(record));
        }
        self.annotate_headroom(record.len()).check(has_memory)?;
        self.engine.tell(time);
        if !is_candidate && self.engine.queue.is_empty() {
            return Ok(self.passed(record));
        }
        // Before anything is taken that the record cannot carry.
        let Ok(own) = Own::of(record) else {
            return Ok(Annotated::Unreadable);
        };
        let mut load = Load {
            additions: Additions::default(),
            record: record.len(),
            has_memory,
        };
        while self.engine.is_full() && load.take(self) {}
        if self.engine.is_full() && load.additions.is_empty() {
            load.room(self).check(has_memory)?;
        }
        self.engine.counters.add_bytes(record.len());
        if !is_candidate {
            self.engine.passed();
        } else if record.len() > self.engine.config().limits.record {
            self.engine.too_long(record);
        } else if self.engine.is_full() {
            // It is taken when the alerts before it are.
            self.engine.frame(Frame::Record {
                kind: RecordKind::Json,
                bytes: record,
                offset: 0,
            });
        } else {
            let waiting = self.engine.queue.len();
            self.engine.alone(record, time);
            load.take_running(self, waiting);
            self.engine.give_little_changes();
        }
        load.take(self);
        let additions = load.additions;
        match additions.is_empty() {
            true if !own.had_ours() || self.engine.config().records == Records::Alerts => {
                Ok(self.without_alerts())
            }
            _ => Ok(Annotated::Record(additions.on(own))),
        }
    }

    /// Counts a record that carries nothing and leads to nothing.
    fn passed(&mut self, record: &[u8]) -> Annotated {
        self.engine.counters.add_bytes(record.len());
        self.engine.passed();
        self.without_alerts()
    }

    /// What becomes of a record that carries nothing.
    fn without_alerts(&self) -> Annotated {
        match self.engine.config().records {
            Records::Annotate => Annotated::AsItCame,
            Records::Alerts => Annotated::LeftOut,
        }
    }

    /// What taking a record of this length needs: decoding it, closing windows, and its
    /// own members again.
    fn annotate_headroom(&self, length: usize) -> Headroom {
        let close = self.close_headroom();
        let push = self.push_headroom(length);
        Headroom {
            largest: close.largest.max(push.largest).max(length),
            total: close
                .total
                .saturating_add(push.total)
                .saturating_add(length)
                .saturating_add(LOAD),
        }
    }
}

/// What a record is given to carry.
struct Load<'s> {
    additions: Additions,
    /// Bytes of the record.
    record: usize,
    has_memory: &'s dyn Fn(Headroom) -> bool,
}

impl Load<'_> {
    /// Adds alerts that wait; false where none can be added.
    fn take(&mut self, session: &mut Session) -> bool {
        let is_loaded = self.additions.alerts.len() >= LOAD;
        if is_loaded || session.engine.queue.is_empty() || !self.has_room(session) {
            return false;
        }
        self.additions.alerts.append(&mut session.take_alerts());
        true
    }

    /// Adds the running alerts among those that wait behind the first `waiting`.
    fn take_running(&mut self, session: &mut Session, waiting: usize) {
        if session.engine.queue.len() <= waiting || !self.has_room(session) {
            return;
        }
        let mut running = session.engine.take_early(waiting).into_iter();
        self.additions.alert = running.next();
        for mut other in running {
            self.additions.alerts.append(&mut other);
            self.additions.alerts.push(b'\n');
        }
    }

    fn has_room(&self, session: &Session) -> bool {
        (self.has_memory)(self.room(session))
    }

    /// What writing lines needs, and the record with all that it carries.
    fn room(&self, session: &Session) -> Headroom {
        let taking = session.alerts_headroom();
        let (lines, line) = session.engine.queue.taken_at_once();
        let alert = self.additions.alert.as_ref().map_or(0, Vec::len);
        let carried = [self.record, alert, self.additions.alerts.len(), lines, line];
        let carried = carried.into_iter().fold(1024, usize::saturating_add);
        Headroom {
            largest: taking.largest.max(carried.saturating_mul(2)),
            total: taking.total.saturating_add(carried.saturating_mul(4)),
        }
    }
}

#[cfg(test)]
mod tests;

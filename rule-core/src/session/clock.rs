//! The session's clock: what the time is, and when it moves.
//!
//! Time comes from the host, or with the records. Whoever writes a log writes
//! its timestamps too, so a record alone moves the clock by no more than
//! `limits.future`: further only where ten in a row say so, and then to the least
//! that they say. One forged time of the year 9999 moves nothing.

use super::config::ClockSource;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::Time;

/// As many records in a row are believed.
const BELIEVED: u8 = 10;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    pub(super) source: ClockSource,
    /// Seconds that an event may be ahead.
    future: i64,
    now: Option<Time>,
    /// Records in a row that are ahead, or that came before the clock was set,
    /// and the least of their times.
    waiting: u8,
    least: Option<Time>,
}

/// What a record does to the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It stays.
    Stays,
    /// It moves.
    Moves,
}

impl Clock {
    pub(super) fn new(source: ClockSource, future: i64) -> Self {
        Clock {
            source,
            future,
            now: None,
            waiting: 0,
            least: None,
        }
    }

    pub(super) fn now(&self) -> Option<Time> {
        self.now
    }

    /// The second after which an event is too far ahead; None where there is no
    /// `now`.
    pub(super) fn horizon(&self) -> Option<i64> {
        self.now
            .map(|now| now.seconds().saturating_add(self.future))
    }

    /// Is a time more than `limits.future` ahead, by however little?
    pub(super) fn is_ahead(&self, time: Option<Time>) -> bool {
        let (Some(time), Some(now), Some(horizon)) = (time, self.now, self.horizon()) else {
            return false;
        };
        (time.seconds(), time.nanos()) > (horizon, now.nanos())
    }

    /// The host tells the time; false where that is before the last one.
    pub(super) fn tell(&mut self, now: Time) -> bool {
        if self.now.is_some_and(|before| now < before) {
            return false;
        }
        self.now = Some(now);
        self.waiting = 0;
        self.least = None;
        true
    }

    /// A pipeline gave a record this time, which is not what the record says itself: it
    /// is believed, in whole seconds, and never goes back.
    pub(super) fn given(&mut self, time: Time) -> Step {
        let time = Time::from_seconds(time.seconds());
        if self.now >= Some(time) {
            return Step::Stays;
        }
        self.now = Some(time);
        self.waiting = 0;
        self.least = None;
        Step::Moves
    }

    /// A record of a time came, and the clock goes by records: in whole seconds,
    /// as windows do.
    pub(super) fn record(&mut self, time: Time) -> Step {
        let time = Time::from_seconds(time.seconds());
        if self.now == Some(time) {
            // As an event without a time has it, which says nothing.
            return Step::Stays;
        }
        if self.now.is_some() && !self.is_ahead(Some(time)) {
            self.waiting = 0;
            self.least = None;
            if self.now > Some(time) {
                return Step::Stays;
            }
            self.now = Some(time);
            return Step::Moves;
        }
        self.waiting = self.waiting.saturating_add(1);
        let least = self.least.map_or(time, |least| least.min(time));
        self.least = Some(least);
        if self.waiting < BELIEVED {
            return Step::Stays;
        }
        self.waiting = 0;
        self.least = None;
        self.now = Some(least);
        Step::Moves
    }

    pub(super) fn write(&self, writer: &mut Writer) {
        writer.option(self.now, |writer, now| now.write(writer));
        writer.byte(self.waiting);
        writer.option(self.least, |writer, least| least.write(writer));
    }

    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let now = reader.option(Time::read)?;
        let waiting = reader.byte()?;
        let least = reader.option(Time::read)?;
        match waiting < BELIEVED && (waiting == 0) == least.is_none() {
            true => Ok(Clock {
                now,
                waiting,
                least,
                ..self.clone()
            }),
            false => Err(Damaged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn told(times: &[i64]) -> Vec<Option<i64>> {
        let mut clock = Clock::new(ClockSource::Record, 3600);
        times
            .iter()
            .map(|time| {
                let _ = clock.record(Time::from_seconds(*time));
                clock.now().map(Time::seconds)
            })
            .collect()
    }

    #[test]
    fn ten_records_set_it_and_one_moves_it_on() {
        let mut times: Vec<i64> = (100..110).collect();
        times[3] = 253_000_000_000;
        times.extend([105, 111, 108]);
        let told = told(&times);
        assert_eq!(told[8], None);
        assert_eq!(told[9..], [Some(100), Some(105), Some(111), Some(111)]);
    }

    #[test]
    fn times_that_a_pipeline_gives_are_believed_and_do_not_go_back() {
        let mut clock = Clock::new(ClockSource::Record, 3600);
        let mut given = |time| clock.given(Time::from_seconds(time)) == Step::Moves;
        assert!(given(100));
        assert!(!given(100) && !given(99));
        assert!(given(101) && given(1_000_000));
    }

    #[test]
    fn one_that_is_far_ahead_moves_nothing_and_ten_do() {
        let mut times = [1000; 10].to_vec();
        times.extend([253_000_000_000, 1001]);
        times.extend((0..9).map(|n| 9000 + n));
        times.push(253_000_000_000);
        let told = told(&times);
        assert_eq!(told[10], Some(1000), "forged");
        assert_eq!(told[11], Some(1001));
        assert_eq!(told[20], Some(1001), "nine are not enough");
        assert_eq!(told[21], Some(9000), "the least of ten");
    }
}

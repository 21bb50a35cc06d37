//! When a search runs, and over which span of time.

use alloc::format;
use alloc::string::String;

use super::cron::Cron;
use crate::snapshot::{Damaged, Reader, Writer};
use crate::time::{Relative, Zone};

/// A schedule: which windows time is cut into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// One window of all time.
    All,
    /// Windows of one length, one after the other.
    Every {
        /// Their length in seconds; 1 or more.
        every: i64,
        /// Where they begin: a window starts at each multiple of `every` plus
        /// this.
        offset: i64,
        /// How long after its end a window closes, in seconds.
        delay: i64,
    },
    /// A scheduled search.
    Search {
        /// When it runs.
        cron: Cron,
        /// The start of its span, as seen from the run; in it.
        earliest: Relative,
        /// The end of its span; not in it.
        latest: Relative,
    },
}

/// The bounds of one window. Ordered by end, start and run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds {
    /// From `start` to before `end`, in seconds since the epoch; closed at
    /// `run`.
    Run {
        /// The first second in it.
        start: i64,
        /// The first second after it.
        end: i64,
        /// When it is closed.
        run: i64,
    },
    /// All time.
    All,
}

impl Bounds {
    /// The window's end and start, all time last: what alerts are ordered by.
    #[must_use]
    pub fn span(self) -> (bool, i64, i64) {
        let (all, end, start, _) = self.key();
        (all, end, start)
    }

    /// Writes them.
    pub fn write(self, writer: &mut Writer) {
        let run = match self {
            Bounds::Run { start, end, run } => Some([start, end, run]),
            Bounds::All => None,
        };
        writer.option(run, |writer, numbers| {
            numbers.into_iter().for_each(|number| writer.signed(number));
        });
    }

    /// Reads them.
    ///
    /// # Errors
    /// What are no bounds.
    pub fn read(reader: &mut Reader<'_>) -> Result<Self, Damaged> {
        let run = reader.option(|reader| {
            Ok(Bounds::Run {
                start: reader.signed()?,
                end: reader.signed()?,
                run: reader.signed()?,
            })
        })?;
        Ok(run.unwrap_or(Bounds::All))
    }

    fn key(self) -> (bool, i64, i64, i64) {
        match self {
            Bounds::Run { start, end, run } => (false, end, start, run),
            Bounds::All => (true, 0, 0, 0),
        }
    }
}

impl Ord for Bounds {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Bounds {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// Why a schedule cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    /// What is wrong and what to do.
    pub message: String,
}

/// A stretch of time whose every second is in the same windows.
///
/// Where windows overlap an event is counted once, in its span, and a window is
/// put together of spans when it closes: an event of 720 windows costs what an
/// event of one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first second in it.
    pub start: i64,
    /// The first second after it.
    pub end: i64,
    /// The runs that see it; none in a gap of the schedule.
    pub runs: Option<Runs>,
}

impl Span {
    /// Its bounds, with the first run that sees it.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds::Run {
            start: self.start,
            end: self.end,
            run: self.runs.map_or(NEVER, |runs| runs.first),
        }
    }
}

/// A row of runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Runs {
    /// The first.
    pub first: i64,
    /// The last; [`NEVER`] where there is none.
    pub last: i64,
}

/// A run that never comes.
pub const NEVER: i64 = i64::MAX;

/// No range of a search reaches further from its run, in seconds: a thousand
/// years.
const REACH: i64 = 1000 * 366 * 86_400;

impl Schedule {
    /// The schedule of a search [savedsearches.conf: cron_schedule,
    /// dispatch.earliest_time, dispatch.latest_time].
    ///
    /// # Errors
    /// Where a part cannot be read, or the span ends before it starts.
    pub fn search(cron: &str, earliest: &str, latest: &str) -> Result<Self, ScheduleError> {
        let wrong = |message| ScheduleError { message };
        let cron = Cron::parse(cron).map_err(wrong)?;
        let relative = |text| {
            Relative::parse(text).map_err(|error| ScheduleError {
                message: format!("{error}"),
            })
        };
        let (from, to) = (relative(earliest)?, relative(latest)?);
        let utc = Zone::utc();
        let run = cron.next(1_600_000_000, &utc).unwrap_or(1_600_000_000);
        if from.at(run, &utc) >= to.at(run, &utc) {
            return Err(wrong(format!(
                "the span from `{earliest}` to `{latest}` is empty: its start must come before \
                 its end"
            )));
        }
        Ok(Schedule::Search {
            cron,
            earliest: from,
            latest: to,
        })
    }

    /// Windows of `every` seconds, from `offset` on, closed `delay` seconds
    /// after their end.
    ///
    /// # Errors
    /// Where `every` is under a second, or a duration is over 10 years.
    pub fn every(every: i64, offset: i64, delay: i64) -> Result<Self, ScheduleError> {
        const LONGEST: i64 = 10 * 366 * 86_400;
        let fits = (1..=LONGEST).contains(&every)
            && (0..=LONGEST).contains(&offset)
            && (0..=LONGEST).contains(&delay);
        if !fits {
            let message = String::from(
                "a window needs `every` of a second or more, and no duration of more than 10 years",
            );
            return Err(ScheduleError { message });
        }
        Ok(Schedule::Every {
            every,
            offset,
            delay,
        })
    }

    /// The span that a time is in.
    #[must_use]
    pub fn span(&self, seconds: i64, zone: &Zone) -> Span {
        match self {
            Schedule::All => Span {
                start: i64::MIN,
                end: i64::MAX,
                runs: None,
            },
            Schedule::Every {
                every,
                offset,
                delay,
            } => {
                let into = seconds.saturating_sub(*offset).rem_euclid(*every);
                let start = seconds.saturating_sub(into);
                let end = start.saturating_add(*every);
                let run = end.saturating_add(*delay);
                Span {
                    start,
                    end,
                    runs: Some(Runs {
                        first: run,
                        last: run,
                    }),
                }
            }
            Schedule::Search {
                cron,
                earliest,
                latest,
            } => Range {
                cron,
                earliest,
                latest,
                zone,
            }
            .span(seconds),
        }
    }

    /// The first run after a run; [`NEVER`] where there is none.
    #[must_use]
    pub fn run_after(&self, run: i64, zone: &Zone) -> i64 {
        match self {
            Schedule::All => NEVER,
            Schedule::Every {
                every,
                offset,
                delay,
            } => {
                let first = offset.saturating_add(*delay);
                let past = run.saturating_sub(first).rem_euclid(*every);
                run.saturating_sub(past).saturating_add(*every)
            }
            Schedule::Search { cron, .. } => {
                cron.next(run.saturating_add(1), zone).unwrap_or(NEVER)
            }
        }
    }

    /// The window of a run.
    #[must_use]
    pub fn window(&self, run: i64, zone: &Zone) -> Bounds {
        match self {
            Schedule::All => Bounds::All,
            Schedule::Every { every, delay, .. } => {
                let end = run.saturating_sub(*delay);
                let start = end.saturating_sub(*every);
                Bounds::Run { start, end, run }
            }
            Schedule::Search {
                earliest, latest, ..
            } => Bounds::Run {
                start: earliest.at(run, zone),
                end: latest.at(run, zone),
                run,
            },
        }
    }
}

/// The parts of a scheduled search.
struct Range<'s> {
    cron: &'s Cron,
    earliest: &'s Relative,
    latest: &'s Relative,
    zone: &'s Zone,
}

impl Range<'_> {
    /// Runs come in the order of their windows' starts, and of their ends, so
    /// those that see a second are a row: from the first whose window ends after
    /// it to the last whose window starts at or before it.
    fn span(&self, seconds: i64) -> Span {
        let zone = self.zone;
        let ends_after = self.first_time(seconds, |at| self.latest.at(at, zone) > seconds);
        let starts_after = self.first_time(seconds, |at| self.earliest.at(at, zone) > seconds);
        let first = ends_after.and_then(|at| self.cron.next(at, zone));
        let last = match starts_after {
            Some(at) => self.cron.previous(at.saturating_sub(1), zone),
            None => Some(NEVER),
        };
        let runs = match (first, last) {
            (Some(first), Some(last)) if first <= last => Some(Runs { first, last }),
            _ => None,
        };
        // The bounds of windows that are next to the second, on either side.
        let over = ends_after.and_then(|at| self.cron.previous(at.saturating_sub(1), zone));
        let to_come = starts_after.and_then(|at| self.cron.next(at, zone));
        let started = last.map(|run| {
            self.earliest
                .at(run.min(seconds.saturating_add(REACH)), zone)
        });
        let start = started.max(over.map(|run| self.latest.at(run, zone)));
        let ends = first.map(|run| self.latest.at(run, zone));
        let starts = to_come.map(|run| self.earliest.at(run, zone));
        let end = ends.into_iter().chain(starts).min();
        // Where a zone's clock goes back or forth within a range, a bound can lie
        // on the wrong side by as much; the second itself is always inside.
        Span {
            start: start.unwrap_or(i64::MIN).min(seconds),
            end: end.unwrap_or(i64::MAX).max(seconds.saturating_add(1)),
            runs,
        }
    }

    /// The first time within reach of a second that fulfils a condition, which
    /// once it holds goes on holding; None where none does.
    #[expect(
        clippy::arithmetic_side_effects,
        reason = "they are no further apart than twice REACH, and the one after is behind the \
                  one before"
    )]
    fn first_time(&self, seconds: i64, holds: impl Fn(i64) -> bool) -> Option<i64> {
        let mut before = seconds.saturating_sub(REACH);
        let mut after = seconds.saturating_add(REACH);
        if !holds(after) {
            return None;
        }
        if holds(before) {
            return Some(before);
        }
        while after - before > 1 {
            let middle = before + (after - before) / 2;
            if holds(middle) {
                after = middle;
            } else {
                before = middle;
            }
        }
        Some(after)
    }
}

//! When a search runs, and over which span of time.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::cron::Cron;
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

/// The windows that one event can be in, at most.
const MAX_WINDOWS: usize = 1000;

/// Runs looked at for one event, at most.
const MAX_RUNS: usize = 100_000;

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
        if to.at(run, &utc) > run {
            return Err(wrong(format!(
                "the span ends at `{latest}`, after the run: a search sees no event of the future"
            )));
        }
        let overlap = runs_over(to.at(run, &utc) - 1, &cron, &from, &to, &utc).len();
        if overlap >= MAX_WINDOWS {
            return Err(wrong(format!(
                "the runs overlap too much: an event would be in {MAX_WINDOWS} windows or more, \
                 from `{earliest}` to `{latest}`: run the search less often, or over less time"
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

    /// The windows that a time is in, in the order of their ends; none in a gap
    /// of the schedule.
    #[must_use]
    pub fn windows(&self, seconds: i64, zone: &Zone) -> Vec<Bounds> {
        match self {
            Schedule::All => alloc::vec![Bounds::All],
            Schedule::Every {
                every,
                offset,
                delay,
            } => {
                let start = seconds - (seconds - offset).rem_euclid(*every);
                let end = start.saturating_add(*every);
                alloc::vec![Bounds::Run {
                    start,
                    end,
                    run: end.saturating_add(*delay)
                }]
            }
            Schedule::Search {
                cron,
                earliest,
                latest,
            } => runs_over(seconds, cron, earliest, latest, zone),
        }
    }
}

fn runs_over(
    seconds: i64,
    cron: &Cron,
    earliest: &Relative,
    latest: &Relative,
    zone: &Zone,
) -> Vec<Bounds> {
    let mut windows = Vec::new();
    // The end of the span lies before the run by about what it lies before this
    // second; a snap can make that less by its unit, so the search for the
    // first run begins that much earlier.
    let lag = seconds.saturating_sub(latest.at(seconds, zone));
    let mut from = seconds
        .saturating_add(lag)
        .saturating_sub(latest.snap_seconds());
    for _ in 0..MAX_RUNS {
        let Some(run) = cron.next(from.max(seconds), zone) else {
            break;
        };
        from = run.saturating_add(60);
        let (start, end) = (earliest.at(run, zone), latest.at(run, zone));
        if start > seconds || windows.len() >= MAX_WINDOWS {
            break;
        }
        if seconds < end {
            windows.push(Bounds::Run { start, end, run });
        }
    }
    windows.sort_unstable();
    windows
}

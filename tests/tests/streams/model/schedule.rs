//! Schedules whose runs are plain arithmetic: every so many seconds, over a stretch
//! that always lies the same way before the run.

use serde_json::{Value, json};

/// A schedule, as the engine is told it and as arithmetic has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    told: Told,
    /// Seconds from run to run; 0 for the one window of all time.
    period: i64,
    /// Seconds of a run behind a multiple of the period.
    phase: i64,
    /// Seconds from the run back to the start of its window, and to its end.
    start: i64,
    end: i64,
}

/// How the engine is told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// As the detection's own: cron, earliest, latest.
    Search(&'static str, &'static str, &'static str),
    /// As the windows of the configuration: every, offset, delay.
    Every(&'static str, &'static str, &'static str),
    All,
}

/// A window of a run, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Window {
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) run: i64,
}

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// What published detections are deployed with.
pub(crate) const PUBLISHED: Schedule = Schedule {
    told: Told::Search("0 * * * *", "-70m@m", "-10m@m"),
    period: HOUR,
    phase: 0,
    start: 70 * MINUTE,
    end: 10 * MINUTE,
};

/// The same windows, set.
pub(crate) const SET: Schedule = Schedule {
    told: Told::Every("1h", "50m", "10m"),
    ..PUBLISHED
};

/// Windows that close when they end.
pub(crate) const HALF_HOURS: Schedule = Schedule {
    told: Told::Every("30m", "10m", "0s"),
    period: 30 * MINUTE,
    phase: 10 * MINUTE,
    start: 30 * MINUTE,
    end: 0,
};

/// Each event in four windows.
pub(crate) const FOUR_HOURS: Schedule = Schedule {
    told: Told::Search("0 * * * *", "-4h@h", "@h"),
    period: HOUR,
    phase: 0,
    start: 4 * HOUR,
    end: 0,
};

/// Each event in three windows.
pub(crate) const TWENTY_MINUTES: Schedule = Schedule {
    told: Told::Search("*/20 * * * *", "-1h@m", "@m"),
    period: 20 * MINUTE,
    phase: 0,
    start: HOUR,
    end: 0,
};

/// Each event in seven windows, whose bounds are not those of the runs.
pub(crate) const SEVEN_DAYS: Schedule = Schedule {
    told: Told::Search("0 3 * * *", "-7d@d", "@d"),
    period: DAY,
    phase: 3 * HOUR,
    start: 3 * HOUR + 7 * DAY,
    end: 3 * HOUR,
};

/// A quarter of each hour; what lies between is in no window.
pub(crate) const WITH_GAPS: Schedule = Schedule {
    told: Told::Search("0 * * * *", "-15m@m", "now"),
    period: HOUR,
    phase: 0,
    start: 15 * MINUTE,
    end: 0,
};

/// One window over all of time.
pub(crate) const ALL: Schedule = Schedule {
    told: Told::All,
    period: 0,
    phase: 0,
    start: 0,
    end: 0,
};

/// All of them.
pub(crate) const SCHEDULES: [Schedule; 8] = [
    PUBLISHED,
    SET,
    HALF_HOURS,
    FOUR_HOURS,
    TWENTY_MINUTES,
    SEVEN_DAYS,
    WITH_GAPS,
    ALL,
];

/// Those where an event is in one window at most.
pub(crate) const APART: [Schedule; 5] = [PUBLISHED, SET, HALF_HOURS, WITH_GAPS, ALL];

impl Schedule {
    /// Is it one window over all of time?
    pub(crate) fn is_all(self) -> bool {
        self.told == Told::All
    }

    /// The windows that a second is in, the last run first; none for [`ALL`].
    pub(crate) fn windows(self, seconds: i64) -> Vec<Window> {
        if self.is_all() {
            return Vec::new();
        }
        let newest = seconds + self.start - self.phase;
        let mut run = newest.div_euclid(self.period) * self.period + self.phase;
        let mut windows = Vec::new();
        while seconds < run - self.end {
            windows.push(Window {
                start: run - self.start,
                end: run - self.end,
                run,
            });
            run -= self.period;
        }
        windows
    }

    /// Seconds in which something of it happens: what times are drawn around.
    pub(crate) fn step(self) -> i64 {
        match self.period {
            0 => 5 * MINUTE,
            period => period / 12,
        }
    }

    /// Tells the schedule to a configuration with one detection.
    pub(crate) fn tell(self, config: &mut Value) {
        match self.told {
            Told::Search(cron, earliest, latest) => {
                config["detections"]["schedule"] = json!({
                    "cron_schedule": cron,
                    "earliest_time": earliest,
                    "latest_time": latest,
                });
            }
            Told::Every(every, offset, delay) => {
                config["window"] = json!({"every": every, "offset": offset, "delay": delay});
            }
            Told::All => config["window"] = json!("all"),
        }
    }
}

//! The rows of closed windows, late events, events of the far future, and all
//! counters, as SQL has them.

use proptest::prelude::*;

use crate::model::schedule::SCHEDULES;
use crate::model::{Hosts, Kind, Oracle, Settings, cases, scheduled};

/// Windows close as the time is told, and what comes behind them is reported.
#[test]
fn by_the_time_told() {
    let (hosts, oracle) = (Hosts::start(), Oracle::new());
    proptest!(cases(1200), |(
        (schedule, stream) in scheduled(&SCHEDULES, Kind::of),
        least in prop_oneof![3 => Just(0), 1 => 1..4i64],
        most in prop_oneof![3 => Just(i64::from(u32::MAX)), 1 => 1..4i64],
    )| {
        let settings = Settings::of(schedule).counts(least, most);
        hosts.as_expected(&oracle, &settings, &stream)?;
    });
}

/// All windows close at the end, whatever time is told before.
#[test]
fn at_the_end() {
    let (hosts, oracle) = (Hosts::start(), Oracle::new());
    proptest!(cases(1000), |(
        (schedule, stream) in scheduled(&SCHEDULES, Kind::of),
        least in prop_oneof![3 => Just(0), 1 => 1..4i64],
    )| {
        let settings = Settings::of(schedule).at_the_end().counts(least, i64::from(u32::MAX));
        hosts.as_expected(&oracle, &settings, &stream)?;
    });
}

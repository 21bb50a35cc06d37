//! Late events amend the rows of windows that have closed, as SQL has them over
//! all that has come by then.

use proptest::prelude::*;
use serde_json::json;

use crate::model::event::SECOND;
use crate::model::schedule::{PUBLISHED, SCHEDULES};
use crate::model::{Event, Hosts, Kind, NOON, Oracle, Settings, Step, cases, play, scheduled};

#[test]
fn as_sql_has_it_at_each_move_of_the_clock() {
    let (hosts, oracle) = (Hosts::start(), Oracle::new());
    proptest!(cases(700), |(
        (schedule, stream) in scheduled(&SCHEDULES, Kind::of),
        least in prop_oneof![1 => Just(0), 1 => 1..4i64],
        most in prop_oneof![1 => Just(i64::from(u32::MAX)), 1 => 1..4i64],
    )| {
        let settings = Settings::of(schedule).amending().counts(least, most);
        hosts.as_expected(&oracle, &settings, &stream)?;
    });
}

/// A match so many minutes from noon.
fn event(minutes: i64) -> Step {
    Step::Event(Event {
        time: Some((NOON + minutes * 60) * SECOND),
        hit: true,
        a: vec!["1".to_string()],
        b: Some("x".to_string()),
        ..Event::default()
    })
}

fn advance(minutes: i64) -> Step {
    Step::Advance((NOON + minutes * 60) * 1000)
}

/// A window is kept for a time after its run; an event that comes behind that is
/// reported as late.
#[test]
fn a_window_is_amended_for_as_long_as_it_is_kept() {
    let mut config = Settings::of(PUBLISHED).config();
    config["late"] = json!({"mode": "amend", "keep": "2h"});
    // The window [10:50, 11:50) runs at 12:00 and is kept until 14:00.
    let stream = [
        event(-60),
        advance(0),
        event(-60),
        advance(119),
        event(-60),
        advance(121),
        event(-60),
    ];
    let hosts = Hosts::start();
    let checked = hosts.each(|host| {
        let played = play(host, &config, &stream);
        let given: Vec<(usize, &str, u64, u64)> = played
            .alerts
            .iter()
            .map(|(step, alert)| (*step, alert.kind.as_str(), alert.revision, alert.count()))
            .collect();
        prop_assert_eq!(
            given,
            [
                (1, "final", 0, 1),
                (3, "amended", 1, 2),
                (5, "amended", 2, 3),
                (7, "late", 0, 1),
            ]
        );
        prop_assert_eq!(&played.counters["late"], 3);
        prop_assert_eq!(&played.counters["amended"], 2);
        prop_assert_eq!(played.accounted(), 4);
        Ok(())
    });
    checked.unwrap();
}

/// Reported events of a window add up for as long as it is kept; then the next are
/// a part of their own.
#[test]
fn late_events_add_up_for_as_long_as_the_window_is_kept() {
    let mut config = Settings::of(PUBLISHED).config();
    config["late"] = json!({"mode": "report", "keep": "2h"});
    let stream = [
        advance(0),
        event(-60),
        advance(60),
        event(-60),
        advance(119),
        advance(121),
        event(-60),
        event(-60),
    ];
    let hosts = Hosts::start();
    let checked = hosts.each(|host| {
        let played = play(host, &config, &stream);
        let given: Vec<(usize, u64, u64)> = played
            .alerts
            .iter()
            .map(|(step, alert)| (*step, alert.revision, alert.count()))
            .collect();
        prop_assert_eq!(given, [(2, 0, 1), (4, 1, 2), (8, 0, 2)]);
        let parts: Vec<u64> = played.alerts.iter().map(|(_, alert)| alert.part).collect();
        prop_assert!(parts[0] == parts[1] && parts[1] != parts[2], "{parts:?}");
        prop_assert_eq!(played.accounted(), 4);
        Ok(())
    });
    checked.unwrap();
}

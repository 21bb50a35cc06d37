//! With the clock `record` time comes with the events, and whoever writes a log
//! writes its times: one forged time neither closes windows nor holds memory.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::model::event::SECOND;
use crate::model::schedule::{PUBLISHED, SET};
use crate::model::{Alert, Event, Hosts, NOON, Settings, Step, cases, play};

/// The year 9999.
const FORGED: i64 = 253_370_764_800;

fn at(second: i64, a: &str) -> Step {
    Step::Event(Event {
        time: Some(second * SECOND),
        hit: true,
        a: vec![a.to_string()],
        b: Some("x".to_string()),
        ..Event::default()
    })
}

/// Events that come in about the order of their times, some minutes apart: ten in a
/// row are within an hour, so that none of them is ahead of the clock that they set.
fn honest() -> impl Strategy<Value = Vec<Step>> {
    let event = (
        0..240i64,
        0..300i64,
        proptest::sample::select(&["1", "2", "3"][..]),
    );
    proptest::collection::vec(event, 1..150).prop_map(|events| {
        let mut now = NOON;
        let later = |(apart, jitter, a): (i64, i64, &str)| {
            now += apart;
            at(now - jitter, a)
        };
        events.into_iter().map(later).collect()
    })
}

fn of_the_time(alerts: &[(usize, Alert)]) -> Vec<&Alert> {
    let far = |alert: &Alert| {
        alert
            .window
            .as_ref()
            .is_some_and(|(start, _)| start.starts_with("999"))
    };
    alerts
        .iter()
        .map(|(_, alert)| alert)
        .filter(|alert| !far(alert))
        .collect()
}

#[test]
fn one_forged_time_changes_nothing_of_the_others() {
    let hosts = Hosts::start();
    // Their windows close later than events are out of order, so that none is late.
    let schedules = proptest::sample::select(&[PUBLISHED, SET][..]);
    proptest!(cases(400), |(
        schedule in schedules,
        honest in honest(),
        place in any::<Index>(),
    )| {
        let mut config = Settings::of(schedule).config();
        config["clock"] = "record".into();
        let place = place.index(honest.len() + 1);
        let mut forged = honest.clone();
        forged.insert(place, at(FORGED, "forged"));
        hosts.each(|host| {
            let without = play(host, &config, &honest);
            let with = play(host, &config, &forged);
            prop_assert_eq!(of_the_time(&with.alerts), of_the_time(&without.alerts));
            prop_assert_eq!(&with.counters["matches"], honest.len() + 1);
            prop_assert_eq!(&with.counters["late"], &without.counters["late"]);
            prop_assert_eq!(with.accounted(), honest.len() as u64 + 1);
            Ok(())
        })?;
    });
}

/// Windows close while the stream goes on, and forged times come again and again.
#[test]
fn windows_close_and_forged_events_go_out() {
    let hosts = Hosts::start();
    let mut config = Settings::of(PUBLISHED).config();
    config["clock"] = "record".into();
    let stream: Vec<Step> = (0..1000)
        .flat_map(|n| {
            let honest = at(NOON + n * 60, "1");
            let forged = (n % 7 == 3).then(|| at(FORGED + n * 3600, "forged"));
            std::iter::once(honest).chain(forged)
        })
        .collect();
    let checked = hosts.each(|host| {
        let played = play(host, &config, &stream);
        let early_enough = |alerts: &[(usize, Alert)], kind: &str| {
            let before = alerts.iter().filter(|(step, _)| *step < stream.len());
            before.filter(|(_, alert)| alert.kind == kind).count()
        };
        // A thousand minutes are sixteen windows that close in time.
        prop_assert_eq!(early_enough(&played.alerts, "final"), 16);
        prop_assert_eq!(early_enough(&played.alerts, "partial"), 143);
        prop_assert_eq!(&played.counters["future"], 142);
        prop_assert_eq!(played.accounted(), stream.len() as u64);
        Ok(())
    });
    checked.unwrap();
}

/// Ten in a row are believed: clocks do jump.
#[test]
fn ten_in_a_row_move_the_clock() {
    let hosts = Hosts::start();
    let mut config = Settings::of(PUBLISHED).config();
    config["clock"] = "record".into();
    let day = NOON + 86_400;
    let times = (0..12).map(|n| NOON + n).chain((0..10).map(|n| day + n));
    let stream: Vec<Step> = times.map(|time| at(time, "1")).collect();
    let checked = hosts.each(|host| {
        for (length, finals) in [(21, 0), (22, 1)] {
            let played = play(host, &config, &stream[..length]);
            let closed = played
                .alerts
                .iter()
                .filter(|(step, alert)| *step < length && alert.kind == "final");
            prop_assert_eq!(closed.count(), finals, "after {} events", length);
            prop_assert_eq!(played.accounted(), length as u64);
        }
        Ok(())
    });
    checked.unwrap();
}

//! Parts of the events, read by different sessions and joined, are all of the
//! events read by one.

use std::cell::Cell;
use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rule_tests::host::Host;
use serde_json::{Value, json};

use crate::model::schedule::{SCHEDULES, Schedule};
use crate::model::{Alert, Hosts, Kind, NOON, Settings, Step, cases, open, text};

/// A session that was told a time, or none, and read these events, ready to be
/// joined; what it gave by then.
fn read(host: &mut dyn Host, config: &Value, now: Option<i64>, events: &[&Step]) -> String {
    open(host, config);
    if let Some(now) = now {
        host.advance(now).expect("an open session takes times");
    }
    for event in events {
        event.take(host);
    }
    host.input(b"{}").expect("an open session takes inputs");
    text(&host.alerts())
}

/// The same, told the time again, so that late events are given.
fn read_and_give(host: &mut dyn Host, config: &Value, now: i64, events: &[&Step]) -> String {
    let mut given = read(host, config, Some(now), events);
    host.advance(now).expect("an open session takes times");
    given.push_str(&text(&host.alerts()));
    given
}

/// The end of a session: its alerts and counters.
fn end(host: &mut dyn Host) -> (String, Value) {
    host.finish().expect("an open session can be finished");
    let alerts = text(&host.alerts());
    let mut counters: Value = serde_json::from_slice(&host.counters()).expect("JSON");
    // Counted by each session that was told.
    counters["clock_back"].take();
    (alerts, counters)
}

/// How the parts are joined.
#[derive(Clone, Copy, Debug)]
enum Join {
    /// Each into the first.
    OneByOne,
    /// Each into the one behind it, from the first on.
    Through,
    /// The later ones with each other, and they into the first.
    LaterFirst,
}

const JOINS: [Join; 3] = [Join::OneByOne, Join::Through, Join::LaterFirst];

/// One snapshot of all parts.
fn join(
    host: &mut dyn Host,
    config: &Value,
    parts: &[Vec<u8>],
    how: Join,
) -> Result<Vec<u8>, TestCaseError> {
    let mut joined = |first: &[u8], others: &[&[u8]]| {
        open(host, config);
        host.restore(first).expect("a state of the same rules");
        for other in others {
            if let Err(error) = host.merge(other) {
                return Err(TestCaseError::fail(text(&error)));
            }
        }
        Ok(host.snapshot().expect("an open session has a state"))
    };
    let (first, others) = parts.split_first().expect("one part at least");
    let others: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
    match (how, &*others) {
        (Join::Through, _) => others
            .iter()
            .try_fold(first.clone(), |all, part| joined(part, &[&*all])),
        (Join::LaterFirst, [second, later @ ..]) => {
            let later = joined(second, later)?;
            joined(first, &[&*later])
        }
        _ => joined(first, &others),
    }
}

/// What stands apart from the windows, late and partial rows, of a few sessions:
/// how many events of each finding. Each session gives its own.
fn apart(sessions: &[String]) -> BTreeMap<(String, String), u64> {
    let mut counts = BTreeMap::new();
    for alerts in sessions {
        let mut last: BTreeMap<(String, u64), Alert> = BTreeMap::new();
        for alert in Alert::read_all(alerts.as_bytes()) {
            if alert.part > 0 {
                // Revisions rise.
                last.insert((alert.id.clone(), alert.part), alert);
            }
        }
        for alert in last.into_values() {
            *counts
                .entry((alert.kind.clone(), alert.id.clone()))
                .or_default() += alert.count();
        }
    }
    counts
}

/// A schedule, a time around it, and events, each with a number to deal it out by.
fn dealt() -> impl Strategy<Value = (Schedule, i64, Vec<(u8, Step)>)> {
    proptest::sample::select(&SCHEDULES[..]).prop_flat_map(|schedule: Schedule| {
        let now = (-12..40i64).prop_map(move |n| (NOON + n * schedule.step()) * 1000 + 1);
        let event = (any::<u8>(), Kind::of(schedule).still().event());
        (Just(schedule), now, proptest::collection::vec(event, 0..32))
    })
}

/// The events of one part of some.
fn part(events: &[(u8, Step)], parts: u8, part: u8) -> Vec<&Step> {
    let its = events.iter().filter(|(of, _)| of % parts == part);
    its.map(|(_, event)| event).collect()
}

/// Told the same time, or none, before they read, and joined before they are told
/// another: the alerts are those of one session to the last byte.
#[test]
fn parts_in_any_order() {
    let hosts = Hosts::start();
    proptest!(cases(400), |(
        (schedule, now, events) in dealt(),
        told in any::<bool>(),
        host in any::<bool>(),
        amends in any::<bool>(),
        least in 0..3i64,
        parts in 1..4u8,
        order in Just([0u8, 1, 2]).prop_shuffle(),
        how in proptest::sample::select(&JOINS[..]),
    )| {
        let counts = Settings::of(schedule).counts(least, i64::from(u32::MAX));
        let config = Settings { host, amends, ..counts }.config();
        let now = told.then_some(now);
        hosts.each(|host| {
            let before = read(host, &config, now, &part(&events, 1, 0));
            let (after, of_one) = end(host);

            let mut given = Vec::new();
            let snapshots: Vec<Vec<u8>> = order
                .into_iter()
                .filter(|part| *part < parts)
                .map(|its| {
                    given.push(read(host, &config, now, &part(&events, parts, its)));
                    host.snapshot().expect("an open session has a state")
                })
                .collect();
            let joined = join(host, &config, &snapshots, how)?;
            open(host, &config);
            host.restore(&joined).expect("a state of the same rules");
            let (joined, of_parts) = end(host);
            match before.is_empty() {
                true => prop_assert_eq!(joined, after),
                // Each has numbered what it gave at once for itself.
                false => {
                    prop_assert_eq!(unnumbered(&joined), unnumbered(&after));
                    prop_assert_eq!(apart(&given), apart(&[before]));
                }
            }
            prop_assert_eq!(of_parts, of_one);
            Ok(())
        })?;
    });
}

/// Alerts without the numbers of their parts.
fn unnumbered(alerts: &str) -> Vec<Alert> {
    let mut alerts = Alert::read_all(alerts.as_bytes());
    alerts.iter_mut().for_each(|alert| alert.part = 0);
    alerts
}

/// Told the time again before they are joined, each has given late events of its
/// own: together they are those of one session, and so is what is given at the end.
#[test]
fn parts_that_gave_their_late_events() {
    let hosts = Hosts::start();
    proptest!(cases(200), |((schedule, now, events) in dealt())| {
        let config = Settings::of(schedule).config();
        hosts.each(|host| {
            let before = read_and_give(host, &config, now, &part(&events, 1, 0));
            let (after, _) = end(host);
            let mut given = Vec::new();
            let mut snapshots = Vec::new();
            for its in 0..2 {
                given.push(read_and_give(host, &config, now, &part(&events, 2, its)));
                snapshots.push(host.snapshot().expect("an open session has a state"));
            }
            let joined = join(host, &config, &snapshots, Join::OneByOne)?;
            open(host, &config);
            host.restore(&joined).expect("a state of the same rules");
            prop_assert_eq!(end(host).0, after);
            prop_assert_eq!(apart(&given), apart(&[before]));
            Ok(())
        })?;
    });
}

/// What a receiver has in the end of each window's row: the one of the highest
/// revision, and of two of one revision the later.
fn last_rows(alerts: &[String]) -> BTreeMap<String, String> {
    let mut last: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for alert in alerts
        .iter()
        .flat_map(|lines| Alert::read_all(lines.as_bytes()))
    {
        if alert.part == 0 {
            let row = last.entry(alert.id).or_default();
            if alert.revision >= row.0 {
                *row = (alert.revision, alert.row.0);
            }
        }
    }
    last.into_iter().map(|(id, (_, row))| (id, row)).collect()
}

/// Each part has amended a window with its own events and given that; joined, the
/// row is that of all.
#[test]
fn parts_that_amended_a_window() {
    let hosts = Hosts::start();
    proptest!(cases(200), |(
        (schedule, now, events) in dealt(),
        least in 0..3i64,
    )| {
        let counts = Settings::of(schedule).counts(least, i64::from(u32::MAX));
        let config = counts.amending().config();
        hosts.each(|host| {
            let before = read_and_give(host, &config, now, &part(&events, 1, 0));
            let (after, _) = end(host);
            let mut given = Vec::new();
            let mut snapshots = Vec::new();
            for its in 0..2 {
                given.push(read_and_give(host, &config, now, &part(&events, 2, its)));
                snapshots.push(host.snapshot().expect("an open session has a state"));
            }
            let joined = join(host, &config, &snapshots, Join::OneByOne)?;
            open(host, &config);
            host.restore(&joined).expect("a state of the same rules");
            given.push(end(host).0);
            prop_assert_eq!(last_rows(&given), last_rows(&[before, after]));
            Ok(())
        })?;
    });
}

/// The order in which parts are joined changes no byte of the state.
#[test]
fn one_state_whatever_the_order() {
    let hosts = Hosts::start();
    let orders = Just([0usize, 1, 2]).prop_shuffle();
    proptest!(cases(200), |(
        (schedule, _, events) in dealt(),
        order in orders,
    )| {
        let config = Settings::of(schedule).at_the_end().config();
        hosts.each(|host| {
            let parts: Vec<Vec<u8>> = (0..3)
                .map(|its| {
                    read(host, &config, None, &part(&events, 3, its));
                    host.snapshot().expect("an open session has a state")
                })
                .collect();
            let shuffled: Vec<Vec<u8>> = order.iter().map(|part| parts[*part].clone()).collect();
            let first = join(host, &config, &parts, Join::OneByOne)?;
            for how in JOINS {
                let other = join(host, &config, &shuffled, how)?;
                prop_assert!(first == other, "{how:?}: the states differ");
            }
            Ok(())
        })?;
    });
}

/// What went out as partial alerts, joined with what stayed, is all there was.
#[test]
fn partial_alerts_can_be_joined_again() {
    let hosts = Hosts::start();
    let streams = proptest::sample::select(&SCHEDULES[..]).prop_flat_map(|schedule: Schedule| {
        let event = Kind::of(schedule).still().event();
        (
            Just(schedule),
            proptest::collection::vec(event, 0..40),
            any::<bool>(),
        )
    });
    let limits = prop_oneof![
        (1..6u64).prop_map(|groups| json!({"groups": groups})),
        (1..4u64).prop_map(|windows| json!({"windows": windows})),
        Just(json!({"key": 16})),
        Just(json!({"groups": 1, "windows": 1})),
    ];
    let partial_alerts = Cell::new(0);
    proptest!(cases(300), |(
        (schedule, events, backwards) in streams,
        limits in limits,
    )| {
        let settings = Settings::of(schedule).at_the_end().counts(0, 8);
        let config = settings.config();
        let limited = settings.clone().limits(limits).config();
        let events: Vec<&Step> = events.iter().collect();
        hosts.each(|host| {
            read(host, &config, None, &events);
            let (whole, _) = end(host);

            let given = read(host, &limited, None, &events);
            let stayed = host.snapshot().expect("an open session has a state");
            let mut partial = Alert::read_all(given.as_bytes());
            if backwards {
                partial.reverse();
            }
            partial_alerts.update(|count| count + partial.len());
            open(host, &config);
            host.merge(&stayed).expect("a state of the same rules");
            for alert in partial {
                let state = STANDARD.decode(alert.state.expect("a partial alert has a state"));
                host.merge(&state.expect("base64")).expect("a group of the same rules");
            }
            let (joined, _) = end(host);
            prop_assert_eq!(joined, whole);
            Ok(())
        })?;
    });
    let met = partial_alerts.get();
    assert!(met > 1000, "the limits were met {met} times");
}

/// Two sessions that cannot be joined say so, and stay as they were.
#[test]
fn what_cannot_be_joined() {
    let config = Settings::of(crate::model::schedule::PUBLISHED).config();
    let event = |b: &str| {
        format!(
            "{{\"_time\":{},\"kind\":\"hit\",\"a\":[1],\"b\":\"{b}\"}}\n",
            NOON - 3600
        )
    };
    type Prepare = Box<dyn Fn(&mut dyn Host)>;
    let cases: BTreeMap<&str, Prepare> = BTreeMap::from([
        (
            "a record in progress",
            Box::new(|host: &mut dyn Host| {
                host.push(b"{\"_time\":").unwrap();
            }) as Prepare,
        ),
        (
            "alerts that wait",
            Box::new(move |host: &mut dyn Host| {
                host.push(event("x").as_bytes()).unwrap();
                assert!(host.advance(NOON * 1000).unwrap() > 0);
            }),
        ),
        (
            "another time",
            Box::new(|host: &mut dyn Host| {
                host.advance(NOON * 1000).unwrap();
            }),
        ),
        (
            "the end",
            Box::new(|host: &mut dyn Host| {
                host.finish().unwrap();
            }),
        ),
    ]);
    let hosts = Hosts::start();
    let checked = hosts.each(|host| {
        open(host, &config);
        let calm = host.snapshot().unwrap();
        for (what, prepare) in &cases {
            open(host, &config);
            prepare(host);
            let before = host.snapshot().unwrap();
            // The one side, and the other.
            for (own, other) in [(&before, &calm), (&calm, &before)] {
                open(host, &config);
                host.restore(own).unwrap();
                let error = host.merge(other).expect_err(what);
                let error: Value = serde_json::from_slice(&error).unwrap();
                prop_assert_eq!(&error["code"], "cannot_merge", "{}", what);
                prop_assert!(host.snapshot().unwrap() == *own, "{what}: the state stays");
            }
        }
        Ok(())
    });
    checked.unwrap();
}

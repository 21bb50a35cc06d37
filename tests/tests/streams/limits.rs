//! At a limit groups make room and go out as partial alerts: nothing is lost, and
//! the module stays within the memory that it asked for.

use std::cell::Cell;

use proptest::prelude::*;
use rule_tests::host::Host;
use rule_tests::host::abi::Client;
use rule_tests::host::wasmtime::Guest;
use serde_json::{Value, json};

use crate::model::schedule::{APART, PUBLISHED};
use crate::model::{
    Alert, Hosts, Kind, Oracle, Played, Settings, cases, counters, open, play, scheduled, text,
};

/// Whatever the limits: the alerts stand for what matched, and what matched is what
/// matches without limits.
#[test]
fn random_streams_within_random_limits() {
    let (hosts, oracle) = (Hosts::start(), Oracle::new());
    let limits = (
        prop_oneof![Just(100_000u64), 1..8u64],
        prop_oneof![Just(10_000u64), 1..4u64],
        prop_oneof![Just(65_536u64), Just(16)],
        prop_oneof![Just(1_048_576u64), Just(0), 1..4000u64],
    );
    let partial_alerts = Cell::new(0);
    proptest!(cases(500), |(
        (schedule, stream) in scheduled(&APART, Kind::single),
        (groups, windows, key, late) in limits,
        host in any::<bool>(),
        amends in any::<bool>(),
        early in any::<bool>(),
    )| {
        let limits = json!({"groups": groups, "windows": windows, "key": key, "late": late});
        let settings = Settings { host, amends, ..Settings::of(schedule).limits(limits) };
        let expected = oracle.expect(&settings, &stream);
        let mut config = settings.config();
        config["early"] = early.into();
        hosts.each(|host| {
            let played = play(host, &config, &stream);
            played.in_kinds().map_err(TestCaseError::fail)?;
            for name in ["matches", "late", "future", "outside", "no_time", "records"] {
                prop_assert_eq!(&played.counters[name], expected.counters[name], "{}", name);
            }
            prop_assert_eq!(&played.counters["matches"], played.accounted());
            let partial = played.alerts.iter().filter(|(_, alert)| alert.kind == "partial");
            let partial = partial.count();
            prop_assert_eq!(&played.counters["partial"], partial);
            partial_alerts.update(|count| count + partial);
            Ok(())
        })?;
    });
    let met = partial_alerts.get();
    assert!(met > 1500, "the limits were met {met} times");
}

/// A limit, and events that go over it in every way that it knows.
struct Over {
    limits: Value,
    events: Box<dyn Fn(usize) -> String>,
    /// Records that are too long.
    malformed: usize,
}

fn event(time: i64, a: &str, rest: &str) -> String {
    format!("{{\"_time\":{time},\"kind\":\"hit\",\"a\":[\"{a}\"],\"b\":\"x\"{rest}}}\n")
}

const EVENTS: usize = 4000;
const TIME: i64 = 1_615_720_000;

fn overs() -> [Over; 6] {
    let over = |limits, events: Box<dyn Fn(usize) -> String>| Over {
        limits,
        events,
        malformed: 0,
    };
    [
        over(
            json!({"groups": 100}),
            Box::new(|n| event(TIME, &n.to_string(), "")),
        ),
        over(
            json!({"state": 65536}),
            Box::new(|n| {
                let names = format!(",\"u\":[\"{}{n}\"]", "u".repeat(n % 500));
                event(TIME + n as i64 % 7200, &(n % 50).to_string(), &names)
            }),
        ),
        over(
            json!({"windows": 10}),
            Box::new(|n| event(TIME + (n * 7919 % EVENTS) as i64 * 3600, "1", "")),
        ),
        over(
            json!({"key": 100}),
            Box::new(|n| event(TIME, &"k".repeat(n % 200), "")),
        ),
        over(
            json!({"late": 2000}),
            Box::new(|n| event(TIME - (n % 50) as i64 * 3600, &(n % 70).to_string(), "")),
        ),
        Over {
            limits: json!({"record": 1024}),
            events: Box::new(|n| {
                let long = format!(
                    ",\"z\":\"{}\"",
                    "z".repeat(if n % 4 == 0 { 2000 } else { 10 })
                );
                event(TIME, "1", &long)
            }),
            malformed: EVENTS / 4,
        },
    ]
}

#[test]
fn each_limit_is_pushed_over() {
    let hosts = Hosts::start();
    for over in overs() {
        for amends in [false, true] {
            let settings = Settings {
                amends,
                ..Settings::of(PUBLISHED).limits(over.limits.clone())
            };
            let config = settings.config();
            hosts.native(|host| push_over(host, &config, &over));
            let mut module = within_its_memory(&config);
            push_over(&mut module, &config, &over);
        }
    }
}

/// The module in an instance that may not take a page more than it says.
fn within_its_memory(config: &Value) -> Client<Guest> {
    let mut ample = Client::new(Guest::start(None));
    open(&mut ample, config);
    let description: Value = serde_json::from_slice(&ample.describe()).unwrap();
    let needed = description["memory"]["needed"].as_u64().unwrap() as usize;
    Client::new(Guest::start(Some(needed.next_multiple_of(64 * 1024))))
}

fn push_over(host: &mut dyn Host, config: &Value, over: &Over) {
    open(host, config);
    // Between the windows of the events: some come late, some are far ahead.
    host.advance(TIME * 1000).unwrap();
    let mut alerts = Vec::new();
    let mut kept: u64 = 0;
    for n in 0..EVENTS {
        host.push((over.events)(n).as_bytes())
            .unwrap_or_else(|error| panic!("{}: {}", over.limits, text(&error)));
        alerts.extend(host.alerts());
        if n % 1000 == 999 {
            host.advance(TIME * 1000 + n as i64).unwrap();
            alerts.extend(host.alerts());
            kept = kept.max(counters(host)["groups"].as_u64().unwrap());
        }
    }
    host.finish().unwrap();
    alerts.extend(host.alerts());
    let totals = counters(host);
    let played = Played {
        alerts: Alert::read_all(&alerts)
            .into_iter()
            .map(|alert| (0, alert))
            .collect(),
        counters: totals.clone(),
    };
    let of = &over.limits;
    assert_eq!(totals["records"], EVENTS, "{of}");
    assert_eq!(totals["malformed"], over.malformed, "{of}");
    assert_eq!(totals["matches"], EVENTS - over.malformed, "{of}");
    assert_eq!(played.accounted(), (EVENTS - over.malformed) as u64, "{of}");
    played.in_kinds().unwrap();
    if let Some(groups) = of["groups"].as_u64() {
        assert!(kept <= groups, "{of}: {kept} are held");
    }
    let of_a_limit = ["groups", "state", "windows", "key"];
    if of_a_limit.iter().any(|limit| !of[limit].is_null()) {
        assert!(totals["partial"].as_u64().unwrap() > 100, "{of}: {totals}");
    }
}

/// Alerts that are not taken are held up to `limits.state`; then a push is refused
/// until they are, and nothing is lost.
#[test]
fn alerts_that_nobody_takes() {
    let hosts = Hosts::start();
    let mut config = Settings::of(PUBLISHED)
        .limits(json!({"state": 65536, "groups": 1}))
        .config();
    config["early"] = true.into();
    let checked = hosts.each(|host| {
        open(host, &config);
        let mut taken = 0u64;
        let mut refused = 0;
        let mut alerts = Vec::new();
        while taken < 3000 {
            // Some at once, so that a push may hold more than there is room for.
            let events: String = (taken..taken + 100)
                .map(|n| event(TIME, &n.to_string(), ""))
                .collect();
            match host.push(events.as_bytes()) {
                Ok(_) => taken += 100,
                Err(error) => {
                    refused += 1;
                    let before = host.counters();
                    let error: Value = serde_json::from_slice(&error).unwrap();
                    prop_assert_eq!(&error["code"], "out_of_memory");
                    prop_assert_eq!(host.counters(), before);
                    alerts.extend(host.alerts());
                }
            }
        }
        // The end is refused as well.
        while host.finish().is_err() {
            refused += 1;
            alerts.extend(host.alerts());
        }
        alerts.extend(host.alerts());
        prop_assert!(refused > 3, "{} were refused", refused);
        let totals = counters(host);
        prop_assert_eq!(&totals["matches"], 3000);
        prop_assert_eq!(&totals["records"], 3000);
        let alerts = Alert::read_all(&alerts);
        let parts: u64 = alerts
            .iter()
            .filter(|alert| alert.kind != "early")
            .map(Alert::count)
            .sum();
        prop_assert_eq!(parts, 3000);
        prop_assert_eq!(&totals["alerts"], alerts.len());
        Ok(())
    });
    checked.unwrap();
}

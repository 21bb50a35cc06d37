//! The stations together: any split, any order, and what is counted.
//!
//! What a search means is in the case collection of `tests/`, which every host
//! runs; here is what holds for every input.

mod datasets;
mod hostile;
mod passing;
mod stored;
mod streams;

use super::*;
use proptest::prelude::*;
use std::format;
use std::string::{String, ToString};

const RULE: &str = r#"{
    "detections": {"name": "n", "id": "i", "search":
        "a=* | stats count min(_time) AS first values(a) AS a by b | where count > 0"},
    "limits": {"record": 4096}, "samples": 2
}"#;

fn run(config: &str, pieces: &[&[u8]]) -> (String, Counters) {
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    let mut alerts = Vec::new();
    for piece in pieces {
        session.push(piece).unwrap();
        alerts.append(&mut session.take_alerts());
    }
    session.finish().unwrap();
    loop {
        let mut lines = session.take_alerts();
        if lines.is_empty() {
            return (String::from_utf8(alerts).unwrap(), session.counters());
        }
        alerts.append(&mut lines);
    }
}

fn event() -> impl Strategy<Value = String> {
    let value = "[a-c]{1,2}|[0-9]";
    let time = prop_oneof![
        (1_615_680_000i64..1_615_700_000).prop_map(|seconds| seconds.to_string()),
        Just("\"no time\"".to_string()),
    ];
    (value, value, time)
        .prop_map(|(a, b, time)| format!("{{\"_time\":{time},\"a\":\"{a}\",\"b\":\"{b}\"}}"))
}

/// Lines of which some are no records.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![4 => event(), 1 => "[{}a\": ,\\[\\]]{0,12}"]
}

/// Nothing is left in a state of what has ended, so it is the one of a session that was given
/// the state in between.
#[test]
fn what_has_ended_leaves_nothing_in_the_state() {
    let rule = br#"{"detections": {"name": "n", "id": "i", "search": "needle | stats count"}}"#;
    let first = "{\"a\":[{\"b\":1}]}\n";
    for second in ["{\"a\":1}\n{", "no JSON", "[{\"a\":"] {
        let mut session = Session::open(rule, &[]).unwrap();
        session.push(first.as_bytes()).unwrap();
        let mut other = Session::open(rule, &[]).unwrap();
        other.restore(&session.snapshot()).unwrap();
        for session in [&mut session, &mut other] {
            session.push(second.as_bytes()).unwrap();
        }
        assert!(session.snapshot() == other.snapshot(), "{second}");
    }
}

/// Events that say the same come in one order, wherever the state has been in between.
#[test]
fn rows_that_say_the_same_have_an_order() {
    let rule = br#"{"detections": {"name": "n", "id": "i", "search": "a=*"},
        "window": "all", "samples": 1}"#;
    // In a state the place of the second stands before that of the first.
    let event = "{\"a\":1}";
    let log = format!("{:>160}\n{:>102}\n", event, event);
    let mut session = Session::open(rule, &[]).unwrap();
    session.push(log.as_bytes()).unwrap();
    let mut other = Session::open(rule, &[]).unwrap();
    other.restore(&session.snapshot()).unwrap();
    let alerts = [session, other].map(|mut session| {
        session.finish().unwrap();
        String::from_utf8(session.take_alerts()).unwrap()
    });
    assert_eq!(alerts[0], alerts[1]);
    let offsets = ["\"offset\":153,", "\"offset\":256,"].map(|text| alerts[0].find(text));
    assert!(
        offsets[0].is_some() && offsets[0] < offsets[1],
        "{}",
        alerts[0]
    );
}

proptest! {
    #[test]
    fn the_split_of_the_bytes_changes_nothing(
        lines in proptest::collection::vec(line(), 0..8),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let text = lines.join("\n");
        let bytes = text.as_bytes();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        places.push(0);
        places.push(bytes.len());
        places.sort_unstable();
        let pieces: Vec<&[u8]> = places.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(run(RULE, &[bytes]), run(RULE, &pieces));
    }

    #[test]
    fn the_order_of_the_events_changes_no_row(
        (events, shuffled) in proptest::collection::vec(event(), 0..10)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        let rule = RULE.replace(r#", "samples": 2"#, "");
        let (forward, _) = run(&rule, &[events.join("\n").as_bytes()]);
        let (backward, _) = run(&rule, &[shuffled.join("\n").as_bytes()]);
        prop_assert_eq!(forward, backward);
    }

    #[test]
    fn every_event_is_accounted_for(events in proptest::collection::vec(event(), 0..20)) {
        let (alerts, counters) = run(RULE, &[events.join("\n").as_bytes()]);
        let counted: u64 = alerts
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["row"]["count"].as_u64().unwrap())
            .sum();
        prop_assert_eq!(counted, counters.matches);
        prop_assert_eq!(counters.matches + counters.no_time, events.len() as u64);
        prop_assert_eq!(counters.records, events.len() as u64);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), format in "auto|json|xml|text|csv") {
        let mut session = Session::open(RULE.as_bytes(), &[]).unwrap();
        session.input(format!("{{\"format\":\"{format}\"}}").as_bytes()).unwrap();
        session.push(&bytes).unwrap();
        session.finish().unwrap();
        let _ = session.explain(&bytes);
    }

    #[test]
    fn no_configuration_makes_it_panic(text in "[{}\\[\\]\":,a-z0-9|=* ]{0,60}") {
        let _ = Session::open(text.as_bytes(), &[]);
        let search = serde_json::json!({"detections": {"name": "n", "id": "i", "search": text}});
        let _ = Session::open(search.to_string().as_bytes(), &[]);
    }
}

/// The members of alerts that a test looks at.
#[derive(Debug)]
struct Seen {
    kind: String,
    id: String,
    part: u64,
    revision: u64,
    count: u64,
    state: Option<String>,
}

fn seen(alerts: &str) -> Vec<Seen> {
    let member = |alert: &serde_json::Value, key: &str| match &alert[key] {
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    alerts
        .lines()
        .map(|line| {
            let alert: serde_json::Value = serde_json::from_str(line).unwrap();
            Seen {
                kind: member(&alert, "kind"),
                id: member(&alert, "id"),
                part: alert["part"].as_u64().unwrap(),
                revision: alert["revision"].as_u64().unwrap(),
                count: alert["row"]["count"].as_u64().unwrap_or_default(),
                state: alert.get("state").map(|_| member(&alert, "state")),
            }
        })
        .collect()
}

fn all_alerts(session: &mut Session) -> String {
    let mut all = Vec::new();
    loop {
        let mut lines = session.take_alerts();
        if lines.is_empty() {
            return String::from_utf8(all).unwrap();
        }
        all.append(&mut lines);
    }
}

fn decoded(state: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD
        .decode(state)
        .unwrap()
}

fn groups_of(count: u64) -> String {
    (0..count)
        .map(|n| format!("{{\"_time\":1615680000,\"a\":\"x\",\"b\":\"{n}\"}}\n"))
        .collect()
}

/// Each limit, pushed over: what does not fit goes out in parts, and the parts
/// joined are the whole.
#[test]
fn at_a_limit_groups_go_out_and_nothing_is_lost() {
    for limits in [
        r#"{"state": 65536}"#,
        r#"{"groups": 100}"#,
        r#"{"groups": 1}"#,
    ] {
        let rule = |limits: &str| {
            RULE.replace(
                r#""limits": {"record": 4096}, "samples": 2"#,
                &format!("\"limits\": {limits}"),
            )
        };
        let events = [groups_of(2000), groups_of(1000)].concat();
        let whole = {
            let mut session = Session::open(rule("{}").as_bytes(), &[]).unwrap();
            session.push(events.as_bytes()).unwrap();
            session.finish().unwrap();
            all_alerts(&mut session)
        };
        let mut session = Session::open(rule(limits).as_bytes(), &[]).unwrap();
        session.push(events.as_bytes()).unwrap();
        let mut alerts = all_alerts(&mut session);
        session.finish().unwrap();
        alerts += &all_alerts(&mut session);
        let counters = session.counters();
        assert_eq!(counters.matches, 3000, "{limits}");
        let seen = seen(&alerts);
        assert_eq!(
            seen.iter().map(|one| one.count).sum::<u64>(),
            3000,
            "{limits}"
        );
        let partial = seen.iter().filter(|one| one.kind == "partial");
        assert_eq!(partial.clone().count() as u64, counters.partial);
        assert!(counters.partial > 0, "{limits}");
        let mut keys: Vec<_> = seen.iter().map(|one| (&one.id, one.part)).collect();
        keys.sort();
        keys.dedup();
        assert_eq!(
            keys.len(),
            seen.len(),
            "id and part tell each from the others"
        );

        // The parts and what is left, joined where there is more room.
        let mut parts = Session::open(rule(limits).as_bytes(), &[]).unwrap();
        parts.push(events.as_bytes()).unwrap();
        let given = all_alerts(&mut parts);
        let rest = parts.snapshot();
        let mut joined = Session::open(rule("{}").as_bytes(), &[]).unwrap();
        joined.restore(&rest).unwrap();
        for part in self::seen(&given) {
            joined.merge(&decoded(&part.state.unwrap())).unwrap();
        }
        joined.finish().unwrap();
        assert_eq!(all_alerts(&mut joined), whole, "{limits}");
    }
}

#[test]
fn by_values_that_are_too_long_are_not_held() {
    let rule = RULE.replace("\"record\": 4096", "\"record\": 4096, \"key\": 20");
    let long = "y".repeat(30);
    let event = |b: &str| format!("{{\"_time\":1615680000,\"a\":\"x\",\"b\":\"{b}\"}}\n");
    let events = [event("short"), event(&long), event(&long)].concat();
    let (alerts, counters) = run(&rule, &[events.as_bytes()]);
    let kinds: Vec<String> = seen(&alerts).into_iter().map(|one| one.kind).collect();
    assert_eq!(kinds, ["partial", "partial", "final"]);
    assert_eq!((counters.matches, counters.partial), (3, 2));
}

/// Windows that are all open at once, as an attacker's times would have them.
#[test]
fn open_windows_are_bounded() {
    let rule = RULE.replace("\"record\": 4096", "\"record\": 4096, \"windows\": 10");
    let events: Vec<String> = (0..100)
        .map(|n| {
            format!(
                "{{\"_time\":{},\"a\":\"x\",\"b\":1}}\n",
                1_615_680_000u64 + n * 86_400
            )
        })
        .collect();
    let mut session = Session::open(rule.as_bytes(), &[]).unwrap();
    let mut counted = 0;
    for event in &events {
        session.push(event.as_bytes()).unwrap();
        assert!(session.engine.size().spans <= 10);
        counted += seen(&all_alerts(&mut session)).len();
    }
    session.finish().unwrap();
    counted += seen(&all_alerts(&mut session)).len();
    assert_eq!(
        counted, 100,
        "each event is a row of its own, at once or at the end"
    );
}

/// Alerts that are not taken do not pile up: the rest is made as they are.
#[test]
fn what_there_is_no_room_for_waits() {
    let rule = RULE.replace("\"record\": 4096", "\"record\": 4096, \"state\": 65536");
    let mut session = Session::open(rule.as_bytes(), &[]).unwrap();
    session.push(groups_of(5000).as_bytes()).unwrap();
    assert!(session.engine.queue.bytes() < 3 * 65536);
    assert!(!session.backlog.is_empty());
    let snapshot = session.snapshot();
    for call in [
        session.push(b"x").map(|_| ()),
        session.input(b""),
        session.advance(0).map(|_| ()),
        session.finish().map(|_| ()),
    ] {
        let error = call.unwrap_err();
        assert_eq!(error.code, ErrorCode::OutOfMemory);
        assert!(
            error.message.contains("take them first"),
            "{}",
            error.message
        );
    }
    assert_eq!(session.snapshot(), snapshot, "nothing changed");
    let mut again = Session::open(rule.as_bytes(), &[]).unwrap();
    again.restore(&snapshot).unwrap();
    let mut finished = Vec::new();
    for mut session in [session, again] {
        let mut alerts = all_alerts(&mut session);
        session.finish().unwrap();
        alerts += &all_alerts(&mut session);
        assert_eq!(session.counters().matches, 5000);
        assert_eq!(seen(&alerts).iter().map(|one| one.count).sum::<u64>(), 5000);
        finished.push((alerts, session.counters()));
    }
    assert_eq!(finished[0], finished[1]);
}

#[test]
fn the_clock_of_the_host_closes_windows() {
    let config = r#"{
        "detections": {"name": "n", "id": "i", "search": "a=1 | stats count by b"}, "clock": "host"
    }"#;
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    let at = |text: &str| {
        crate::time::parse(text)
            .unwrap()
            .resolve(&crate::time::Zone::utc())
            .seconds()
            * 1000
    };
    assert_eq!(session.advance(at("2021-03-14T11:00:00Z")), Ok(0));
    let event = |time: &str| format!("{{\"_time\":\"{time}\",\"a\":1,\"b\":2}}\n");
    session
        .push(event("2021-03-14T11:00:00Z").as_bytes())
        .unwrap();
    session
        .push(b"{\"a\":1,\"b\":\"without a time, so now\"}\n")
        .unwrap();
    assert_eq!(session.advance(at("2021-03-14T12:00:00Z") - 1), Ok(0));
    assert_eq!(session.advance(at("2021-03-14T12:00:00Z")), Ok(2));
    assert_eq!(
        session.advance(at("2021-03-14T11:00:00Z")),
        Ok(2),
        "time does not go back"
    );
    session
        .push(event("2021-03-14T11:10:00Z").as_bytes())
        .unwrap();
    session
        .push(event("2021-03-14T13:00:01Z").as_bytes())
        .unwrap();
    let counters = session.counters();
    assert_eq!(
        (counters.late, counters.future, counters.clock_back),
        (1, 1, 1)
    );
    assert_eq!(
        session
            .take_alerts()
            .iter()
            .filter(|byte| **byte == b'\n')
            .count(),
        3,
        "the one from ahead is given at once"
    );
}

#[test]
fn after_the_end_there_is_no_more() {
    let mut session = Session::open(b"", &[]).unwrap();
    session.finish().unwrap();
    for result in [
        session.push(b"x").map(|_| ()),
        session.input(b""),
        session.advance(0).map(|_| ()),
        session.finish().map(|_| ()),
    ] {
        assert_eq!(result.unwrap_err().code, ErrorCode::Finished);
    }
}

#[test]
fn errors_of_a_detection_say_which_and_where() {
    let config =
        r#"{"detections": [{"name": "Bad one", "id": "i", "search": "x=1\n| outlier y"}]}"#;
    let error = Session::open(config.as_bytes(), &[]).unwrap_err();
    let json: serde_json::Value = serde_json::from_slice(&error.to_json()).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "code": "unsupported_command",
            "message": "can't run the command `outlier`",
            "what": "outlier",
            "detection": "Bad one",
            "where": {"line": 2, "column": 3, "offset": 6, "length": 7},
            "picture": "2 | | outlier y\n  |   ^^^^^^^",
        })
    );
}

fn rows(config: &serde_json::Value, events: &str) -> Vec<String> {
    let (alerts, _) = run(&config.to_string(), &[events.as_bytes()]);
    let row = |line: &str| {
        let start = line.find("\"row\":").unwrap();
        let end = line.find(",\"attack\"").unwrap();
        String::from(&line[start + 6..end])
    };
    alerts.lines().map(row).collect()
}

fn detection(id: &str, search: &str) -> serde_json::Value {
    serde_json::json!({"name": id, "id": id, "search": search})
}

/// What one rule finds is its own: no other rule beside it changes a byte.
#[test]
fn a_rule_alone_and_beside_another() {
    let event = r#"{"a":1,"b":2,"EventID":5,"Channel":"C","k":"v","k2":[1,2]}"#;
    let sources = serde_json::json!({"fields": {"EventCode": ["EventID"]}});
    let all = detection("all", "a=1");
    let alone = serde_json::json!({"detections": [all], "window": "all", "sources": sources});
    let other = detection("other", "b=9 k=x EventID=1 | stats count by b");
    let both = serde_json::json!({"detections": [all, other], "window": "all", "sources": sources});
    let wanted =
        r#"{"a":"1","Channel":"C","EventCode":"5","b":"2","EventID":"5","k":"v","k2{}":["1","2"]}"#;
    assert_eq!(rows(&alone, event), [wanted]);
    assert_eq!(rows(&both, event), [wanted]);
}

#[test]
fn searches_over_events_behind_other_commands() {
    let sources = serde_json::json!({"eventtypes": {"known": "b=2", "knight": "b=3"}});
    let event = r#"{"a":1,"b":2,"t":"some foo here"}"#;
    for (search, wanted) in [
        ("a=1 | eval c=1 | search foo | stats count", 1),
        ("a=1 | eval c=1 | search fo | stats count", 0),
        ("a=1 | eval c=1 | search index=main | stats count", 1),
        ("a=1 | eval c=1 | search eventtype=known | stats count", 1),
        ("eventtype=KNOWN | stats count", 1),
        ("eventtype=kn* | stats count", 1),
        ("eventtype IN (knight, other) | stats count", 0),
        ("eventtype IN (knight, known) | stats count", 1),
        ("eventtype!=known | stats count", 0),
        ("eventtype=unheard | stats count", 0),
    ] {
        let config = serde_json::json!({
            "detections": detection("d", search), "window": "all", "sources": sources,
        });
        assert_eq!(rows(&config, event).len(), wanted, "{search}");
    }
}

#[test]
fn an_envelope_around_a_broken_event_has_no_fields_of_it() {
    let config =
        serde_json::json!({"detections": detection("d", "a=1 | stats count"), "window": "all"});
    assert_eq!(rows(&config, r#"{"event":"{\"a\":1}"}"#).len(), 1);
    assert_eq!(rows(&config, r#"{"event":"{\"a\":1, broken"}"#).len(), 0);
}

/// Raw events exported as CSV, or sent on as JSON, hold their fields in `_raw`.
#[test]
fn events_carried_in_raw() {
    let config = r#"{"detections": {"name": "n", "id": "i", "search":
        "EventID=5 user=x host=H \"some words\" | stats count"}, "window": "all"}"#;
    let raw = r#"{"EventID":5,"user":"x","host":"inner","t":"some words"}"#;
    let csv = format!("_raw,host\n\"{}\",H\n", raw.replace('"', "\"\""));
    let json = serde_json::json!({"_raw": raw, "host": "H"}).to_string();
    let export = serde_json::json!({"result": {"_raw": raw, "host": "H"}}).to_string();
    for (format, text) in [("csv", csv), ("json", json), ("json", export)] {
        let mut session = Session::open(config.as_bytes(), &[]).unwrap();
        let settings = format!("{{\"format\":\"{format}\"}}");
        session.input(settings.as_bytes()).unwrap();
        session.push(text.as_bytes()).unwrap();
        assert_eq!(session.finish(), Ok(1), "{text}");
    }
}

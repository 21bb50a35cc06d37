use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::string::{String, ToString};
use std::{format, vec};

fn open(search: &str, more: &str) -> Session {
    let config = json!({
        "detections": {"name": "n", "id": "i", "search": search},
        "window": {"every": "1m"},
    });
    let more = format!("{{{more}}}");
    let layers = [config.to_string().into_bytes(), more.into_bytes()];
    Session::open(RECORDS_CONFIG, &[&layers[0], &layers[1]]).unwrap()
}

fn at(seconds: i64) -> Time {
    Time::from_seconds(1_700_000_040 + seconds)
}

fn took(session: &mut Session, record: &str, seconds: i64) -> Annotated {
    session
        .annotate(record.as_bytes(), at(seconds), &|_| true)
        .unwrap()
}

fn value(annotated: Annotated) -> Value {
    match annotated {
        Annotated::Record(record) => serde_json::from_slice(&record).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// `KIND PART.REVISION ROW` of an alert.
fn short(alert: &Value) -> String {
    let kind = alert["kind"].as_str().unwrap();
    format!(
        "{kind} {}.{} {}",
        alert["part"], alert["revision"], alert["row"]
    )
}

fn carried(annotated: Annotated) -> Vec<String> {
    let record = value(annotated);
    let list = record["rule_alerts"].as_array();
    let running = record.get("rule_alert").into_iter();
    running
        .chain(list.into_iter().flatten())
        .map(short)
        .collect()
}

/// Sets the clock.
fn begin(session: &mut Session) {
    assert_eq!(took(session, r#"{"z":1}"#, 0), Annotated::AsItCame);
}

#[test]
fn a_match_carries_the_row_of_its_group_and_the_close_goes_on_from_there() {
    let mut session = open("abcd | stats count by b", "");
    begin(&mut session);
    let record = value(took(&mut session, r#"{"a":"abcd","b":"x"}"#, 1));
    assert_eq!(
        short(&record["rule_alert"]),
        r#"early 0.0 {"b":"x","count":1}"#
    );
    let mut own = record;
    own.as_object_mut().unwrap().remove("rule_alert");
    assert_eq!(own, json!({"a": "abcd", "b": "x"}));
    assert_eq!(
        took(&mut session, r#"{"a":"abc","b":"x"}"#, 2),
        Annotated::AsItCame
    );
    for (record, seconds, wanted) in [
        (
            r#"{"a":"abcd","b":"y"}"#,
            2,
            vec![r#"early 0.0 {"b":"y","count":1}"#],
        ),
        (
            r#"{"a":"abcd","b":"x"}"#,
            3,
            vec![r#"early 0.1 {"b":"x","count":2}"#],
        ),
        (
            r#"{"a":"abcd","b":"x","b":"y"}"#,
            3,
            vec![
                r#"early 0.2 {"b":"x","count":3}"#,
                r#"early 0.1 {"b":"y","count":2}"#,
            ],
        ),
        (
            r#"{"z":1}"#,
            60,
            vec![
                r#"final 0.3 {"b":"x","count":3}"#,
                r#"final 0.2 {"b":"y","count":2}"#,
            ],
        ),
        (
            r#"{"a":"abcd","b":"x"}"#,
            61,
            vec![r#"early 0.0 {"b":"x","count":1}"#],
        ),
    ] {
        assert_eq!(
            carried(took(&mut session, record, seconds)),
            wanted,
            "{record}"
        );
    }
}

#[test]
fn a_row_that_is_gone_is_taken_back() {
    let mut session = open("abcd | stats count by b | where count < 2", "");
    begin(&mut session);
    let record = r#"{"a":"abcd","b":"x"}"#;
    for wanted in [
        vec![r#"early 0.0 {"b":"x","count":1}"#],
        vec!["early 0.1 null"],
    ] {
        assert_eq!(carried(took(&mut session, record, 1)), wanted);
    }
    assert_eq!(took(&mut session, record, 1), Annotated::AsItCame);
    assert_eq!(took(&mut session, r#"{"z":1}"#, 60), Annotated::AsItCame);
}

#[test]
fn where_it_takes_all_rows_they_ride_when_the_clock_moves() {
    let mut session = open("abcd | stats count by b | where count < 2 | table b *", "");
    begin(&mut session);
    let record = |b: &str| format!(r#"{{"a":"abcd","b":"{b}"}}"#);
    assert_eq!(took(&mut session, &record("x"), 1), Annotated::AsItCame);
    assert_eq!(
        carried(took(&mut session, &record("y"), 2)),
        [r#"early 0.0 {"b":"x","count":1}"#]
    );
    assert_eq!(took(&mut session, &record("x"), 2), Annotated::AsItCame);
    assert_eq!(
        carried(took(&mut session, "{}", 3)),
        [r#"early 0.0 {"b":"y","count":1}"#, "early 0.1 null"]
    );
    assert_eq!(
        carried(took(&mut session, "{}", 60)),
        [r#"final 0.1 {"b":"y","count":1}"#]
    );
}

#[test]
fn only_alerts_go_on() {
    let mut session = open("abcd | stats count by b", r#""records":"alerts""#);
    for record in [r#"{"a":1}"#, r#"{"a":"abcd"}"#, "{\"rule_alert\":1}"] {
        assert_eq!(
            took(&mut session, record, 0),
            Annotated::LeftOut,
            "{record}"
        );
    }
    let record = value(took(&mut session, r#"{"a":"abcd","b":1}"#, 0));
    assert_eq!(
        short(&record["rule_alert"]),
        r#"early 0.0 {"b":"1","count":1}"#
    );
}

#[test]
fn what_a_record_says_under_our_keys_does_not_go_on() {
    let mut session = open("abcd | stats count by b", "");
    for (record, goes_on) in [
        (r#"{"rule_alert":{"kind":"final"},"x":1}"#, r#"{"x":1}"#),
        (r#"{"rule\u005falerts":[1]}"#, "{}"),
    ] {
        let goes_on = Annotated::Record(goes_on.as_bytes().to_vec());
        assert_eq!(took(&mut session, record, 0), goes_on);
    }
    assert_eq!(
        took(&mut session, r#"{"x":"rule_alert"}"#, 0),
        Annotated::AsItCame
    );
}

#[test]
fn what_cannot_be_read_goes_on_as_it_came_and_alerts_wait_for_the_next() {
    let mut session = open("abcd | stats count", r#""limits":{"record":1024}"#);
    begin(&mut session);
    took(&mut session, r#"{"a":"abcd"}"#, 1);
    for record in ["abcd", "[\"abcd\"]", "{\"a\":\"abcd\""] {
        assert_eq!(
            took(&mut session, record, 60),
            Annotated::Unreadable,
            "{record}"
        );
    }
    let long = format!(r#"{{"a":"{}","rule_alert":1}}"#, "abcd".repeat(300));
    let carrying = took(&mut session, &long, 60);
    assert!(value(carrying.clone()).get("rule_alert").is_none());
    assert_eq!(carried(carrying), [r#"final 0.1 {"count":1}"#]);
    let deep = format!(
        r#"{{"rule_alert":1,"a":{}"abcd"{}}}"#,
        "[".repeat(300),
        "]".repeat(300)
    );
    let own = deep.replace(r#""rule_alert":1,"#, "");
    let own = Annotated::Record(own.into_bytes());
    assert_eq!(took(&mut session, &deep, 60), own);
    let counters = session.counters();
    assert_eq!((counters.records, counters.malformed), (4, 2));
}

#[test]
fn in_a_quiet_log_each_match_carries_its_alert() {
    let mut session = open("abcd | stats count by b", "");
    let record = r#"{"a":"abcd","b":"x"}"#;
    for hours in (0..20).step_by(3) {
        let alerts = carried(took(&mut session, record, hours * 3600));
        let before = r#"final 0.1 {"b":"x","count":1}"#;
        let wanted = [r#"early 0.0 {"b":"x","count":1}"#, before];
        assert_eq!(alerts, wanted[..if hours == 0 { 1 } else { 2 }]);
    }
}

#[test]
fn what_is_late_rides_at_once_also_where_the_clock_was_set_far_ahead() {
    let mut session = open("abcd | stats count by b", "");
    begin(&mut session);
    took(&mut session, "{}", 1_000_000_000);
    for count in 1..4 {
        let alerts = carried(took(
            &mut session,
            r#"{"a":"abcd","b":"x","_time":1700000041}"#,
            1,
        ));
        assert_eq!(
            alerts,
            [format!(
                r#"late 1.{} {{"b":"x","count":{count}}}"#,
                count - 1
            )]
        );
    }
}

#[test]
fn one_event_twice_in_a_group_is_one_alert() {
    let mut session = open("abcd | stats count by b", "");
    let record = r#"{"a":"abcd","b":"x","b":"x"}"#;
    assert_eq!(
        carried(took(&mut session, record, 0)),
        [r#"early 0.0 {"b":"x","count":2}"#]
    );
}

#[test]
fn beyond_what_is_known_rows_come_at_the_close() {
    let mut session = open("abcd | stats count by b | where count < 2", "");
    begin(&mut session);
    let record = |b: &str| format!(r#"{{"a":"abcd","b":"{b}"}}"#);
    took(&mut session, &record("victim"), 1);
    let mut early = 0;
    for b in 0..10_100 {
        early += usize::from(took(&mut session, &record(&b.to_string()), 1) != Annotated::AsItCame);
    }
    assert_eq!(early, 9_999);
    let gone = carried(took(&mut session, &record("victim"), 1));
    assert_eq!(gone, ["early 0.1 null"]);
    let mut finals = 0;
    loop {
        match took(&mut session, "{}", 60) {
            Annotated::AsItCame => break,
            record => finals += carried(record).len(),
        }
    }
    assert_eq!(finals, 10_100);
}

#[test]
fn times_of_the_event_and_of_the_record() {
    let mut session = open("abcd | stats count min(_time) as t by b", "");
    begin(&mut session);
    for (own, wanted) in [
        ("", "1700000041"),
        (r#","_time":1700000042.5"#, "1700000042.5"),
    ] {
        let record = format!(r#"{{"a":"abcd","b":"{wanted}"{own}}}"#);
        let record = value(took(&mut session, &record, 1));
        assert_eq!(record["rule_alert"]["row"]["t"].to_string(), wanted);
    }
    // A forged time of an event neither moves the clock nor holds memory.
    let record = r#"{"a":"abcd","b":"x","_time":4000000000}"#;
    let alerts = carried(took(&mut session, record, 2));
    assert_eq!(
        alerts,
        [r#"partial 1.0 {"b":"x","count":1,"t":4000000000}"#]
    );
    assert_eq!(session.counters().future, 1);
}

#[test]
fn many_alerts_ride_on_several_records() {
    let mut session = open("abcd | stats count by b", r#""limits":{"state":300000}"#);
    begin(&mut session);
    for b in 0..1000 {
        let record = format!(r#"{{"a":"abcd","b":"{b}"}}"#);
        took(&mut session, &record, 1);
    }
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut records = 0;
    loop {
        let annotated = took(&mut session, r#"{"z":1}"#, 60);
        if annotated == Annotated::AsItCame {
            break;
        }
        records += 1;
        let Annotated::Record(text) = &annotated else {
            panic!("{annotated:?}");
        };
        assert!(text.len() < LOAD + 2048, "{}", text.len());
        for alert in value(annotated)["rule_alerts"].as_array().unwrap() {
            if alert["kind"] != "early" {
                let b = alert["row"]["b"].to_string();
                *counts.entry(b).or_default() += alert["row"]["count"].as_u64().unwrap();
            }
        }
    }
    assert!(records > 1);
    assert_eq!(counts.len(), 1000);
    assert!(counts.values().all(|count| *count == 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A receiver that keeps the last alert of each id has the rows that the search
    /// gives over all events, and all records go on.
    #[test]
    fn the_last_of_each_id_is_what_the_search_gives(
        records in prop::collection::vec((0..5u8, 0..3u8, 0..40i64), 0..60),
        search in prop::sample::select(vec![
            "abcd | stats count sum(n) as s by b",
            "abcd | stats count by b | where count > 1",
            "abcd | stats count by b | where count < 3",
            "abcd | stats count by b | where count < 3 | table b *",
            "abcd | table b n",
        ]),
    ) {
        let mut session = open(search, "");
        begin(&mut session);
        let mut plain = open(search, r#""window":"all""#);
        let mut last: BTreeMap<String, Value> = BTreeMap::new();
        let mut keep = |annotated: Annotated| {
            if let Annotated::Record(record) = annotated {
                let record: Value = serde_json::from_slice(&record).unwrap();
                let list = record["rule_alerts"].as_array().cloned().unwrap_or_default();
                for alert in record.get("rule_alert").cloned().into_iter().chain(list) {
                    let id = alert["id"].as_str().unwrap().to_string();
                    let revision = |alert: &Value| alert["revision"].as_u64();
                    let before = last.insert(id, alert.clone());
                    assert!(before.is_none_or(|before| revision(&before) < revision(&alert)
                        || alert["kind"] == before["kind"] && revision(&before) == revision(&alert)));
                }
            }
        };
        for (a, b, second) in records {
            // Identical rows of a search without `stats` have one id; these do not.
            let record = format!(
                r#"{{"a":"{}","b":"b{b}","n":{second}}}"#,
                if a > 0 { "abcd" } else { "other" },
            );
            keep(took(&mut session, &record, second.min(1)));
            plain.push(record.as_bytes()).unwrap();
        }
        keep(took(&mut session, "{}", 60));
        let rows = |alerts: Vec<Value>| {
            let mut rows: Vec<String> = alerts
                .iter()
                .map(|alert| alert["row"].to_string())
                .filter(|row| row != "null")
                .collect();
            rows.sort();
            rows.dedup();
            rows
        };
        plain.finish().unwrap();
        let lines = String::from_utf8(plain.take_alerts()).unwrap();
        let alerts = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let finals = alerts.filter(|alert| alert["kind"] == "final").collect();
        prop_assert_eq!(rows(last.into_values().collect()), rows(finals));
    }
}

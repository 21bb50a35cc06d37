//! Windows that close by a clock, and what comes late, early and from ahead.

use super::*;

fn of_host(config: &str) -> String {
    format!(
        r#"{{"detections": {{"name": "n", "id": "i", "search": "a=1 | stats count by b"}},
            "clock": "host" {config}}}"#
    )
}

const HOUR: i64 = 3600;
/// 2021-03-14T12:00:00Z
const NOON: i64 = 1_615_723_200;

fn event_at(seconds: i64, b: &str) -> Vec<u8> {
    format!("{{\"_time\":{seconds},\"a\":1,\"b\":\"{b}\"}}\n").into_bytes()
}

fn short(alerts: &str) -> Vec<String> {
    seen(alerts)
        .iter()
        .map(|one| {
            format!(
                "{} {}.{} count {}",
                one.kind, one.part, one.revision, one.count
            )
        })
        .collect()
}

#[test]
fn late_events_are_reported_and_counted_up() {
    let mut session = Session::open(of_host("").as_bytes(), &[]).unwrap();
    let mut told = Vec::new();
    let mut tell = |session: &mut Session, seconds: i64| {
        session.advance(seconds * 1000).unwrap();
        let alerts = short(&all_alerts(session));
        told.push(alerts.join(", "));
    };
    session.push(&event_at(NOON - HOUR, "x")).unwrap();
    tell(&mut session, NOON);
    for _ in 0..2 {
        session.push(&event_at(NOON - HOUR, "x")).unwrap();
    }
    tell(&mut session, NOON + 1);
    tell(&mut session, NOON + 2);
    session.push(&event_at(NOON - HOUR, "x")).unwrap();
    session.push(&event_at(NOON - HOUR, "y")).unwrap();
    tell(&mut session, NOON + 3);
    session.push(&event_at(NOON - 5 * HOUR, "x")).unwrap();
    tell(&mut session, NOON + 4);
    assert_eq!(
        told,
        [
            "final 0.0 count 1",
            "late 1.0 count 2",
            "",
            "late 1.1 count 3, late 1.0 count 1",
            "late 2.0 count 1",
        ]
    );
    let counters = session.counters();
    assert_eq!((counters.matches, counters.late), (6, 5));
}

#[test]
fn late_events_amend_the_rows_of_their_window() {
    let config = of_host(r#", "late": "amend""#).replace("by b", "by b | where count != 3");
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    let mut told = Vec::new();
    session.push(&event_at(NOON - HOUR, "x")).unwrap();
    for second in 0..6 {
        session.advance((NOON + second) * 1000).unwrap();
        told.extend(short(&all_alerts(&mut session)));
        session.push(&event_at(NOON - HOUR, "x")).unwrap();
    }
    // A day later nothing is kept of the window.
    session.advance((NOON + 25 * HOUR) * 1000).unwrap();
    told.extend(short(&all_alerts(&mut session)));
    session.push(&event_at(NOON - HOUR, "x")).unwrap();
    session.finish().unwrap();
    told.extend(short(&all_alerts(&mut session)));
    assert_eq!(
        told,
        [
            "final 0.0 count 1",
            "amended 0.1 count 2",
            "amended 0.2 count 0",
            "amended 0.3 count 4",
            "amended 0.4 count 5",
            "amended 0.5 count 6",
            "amended 0.6 count 7",
            "late 1.0 count 1",
        ]
    );
    assert_eq!(session.counters().amended, 6);
}

#[test]
fn rows_come_early_and_once() {
    let config = of_host(r#", "early": true"#).replace("by b", "by b | where count > 1");
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    let mut told = Vec::new();
    session.advance((NOON - HOUR) * 1000).unwrap();
    for _ in 0..4 {
        session.push(&event_at(NOON - HOUR, "x")).unwrap();
        told.push(short(&all_alerts(&mut session)).join(", "));
    }
    session.advance(NOON * 1000).unwrap();
    told.push(short(&all_alerts(&mut session)).join(", "));
    assert_eq!(told, ["", "early 0.0 count 2", "", "", "final 0.0 count 4"]);

    // Where it takes all rows to tell, the clock's next move is soon enough.
    let config = config.replace("| where count > 1", "| stats count by b");
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    session.push(&event_at(NOON - HOUR, "x")).unwrap();
    assert_eq!(all_alerts(&mut session), "");
    session.advance((NOON - HOUR) * 1000).unwrap();
    assert_eq!(short(&all_alerts(&mut session)), ["early 0.0 count 1"]);
}

#[test]
fn an_event_from_far_ahead_holds_no_memory() {
    let mut session = Session::open(of_host("").as_bytes(), &[]).unwrap();
    // Before any time was told it cannot be known.
    session.push(&event_at(NOON + 20 * HOUR, "x")).unwrap();
    assert_eq!(session.engine.size().spans, 1);
    session.advance((NOON - HOUR) * 1000).unwrap();
    assert_eq!(session.engine.size(), Default::default());
    session.push(&event_at(NOON + 20 * HOUR, "x")).unwrap();
    session.push(&event_at(NOON, "x")).unwrap();
    assert_eq!(session.engine.size().spans, 1);
    session.finish().unwrap();
    assert_eq!(
        short(&all_alerts(&mut session)),
        [
            "partial 1.0 count 1",
            "partial 2.0 count 1",
            "final 0.0 count 1"
        ]
    );
    let counters = session.counters();
    assert_eq!((counters.matches, counters.future), (3, 1));
}

#[test]
fn the_clock_of_the_records_closes_windows_at_the_record_that_moves_it() {
    let config = of_host("").replace("\"host\"", "\"record\"");
    let mut stream: Vec<u8> = (0..10)
        .flat_map(|n| event_at(NOON - 2 * HOUR + n, "x"))
        .collect();
    // 8990; a time of twelve digits would be one in milliseconds.
    stream.extend(br#"{"_time":"8990-01-01T00:00:00Z","a":1,"b":"forged"}"#);
    stream.extend((1..20).flat_map(|n| event_at(NOON - 2 * HOUR + n * 600, "x")));
    let mut whole = Session::open(config.as_bytes(), &[]).unwrap();
    whole.push(&stream).unwrap();
    let alerts = all_alerts(&mut whole);
    assert_eq!(short(&alerts)[0], "partial 1.0 count 1", "the forged one");
    assert_eq!(short(&alerts).len(), 4, "{alerts}");
    let mut cut = Session::open(config.as_bytes(), &[]).unwrap();
    let mut pieces = String::new();
    for byte in &stream {
        cut.push(&[*byte]).unwrap();
        pieces += &all_alerts(&mut cut);
    }
    assert_eq!(pieces, alerts);
    assert_eq!(cut.snapshot(), whole.snapshot());
}

#[test]
fn streams_that_come_in_turns() {
    let config = r#"{"detections": {"name": "n", "id": "i", "search": "a=* | stats count by a source"}, "window": "all"}"#;
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    let input = |session: &mut Session, settings: &str| session.input(settings.as_bytes());
    input(
        &mut session,
        r#"{"stream": "one", "format": "csv", "source": "1"}"#,
    )
    .unwrap();
    session.push(b"a,b\nx,").unwrap();
    input(&mut session, r#"{"stream": "two", "source": "2"}"#).unwrap();
    session.push(b"{\"a\":\"y").unwrap();
    input(&mut session, r#"{"stream": "one", "goes_on": true}"#).unwrap();
    session.push(b"1\nx,2").unwrap();
    let snapshot = session.snapshot();
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    session.restore(&snapshot).unwrap();
    input(&mut session, r#"{"stream": "two", "goes_on": true}"#).unwrap();
    session.push(b"\"}").unwrap();
    input(&mut session, r#"{"stream": "one", "ends": true}"#).unwrap();
    let gone = input(&mut session, r#"{"stream": "one", "goes_on": true}"#).unwrap_err();
    assert_eq!(gone.message, "there is no stream `one` that was set aside");
    input(&mut session, r#"{"stream": "two"}"#).unwrap();
    session.push(b"{\"a\":\"z\"}").unwrap();
    session.finish().unwrap();
    let rows: Vec<String> = all_alerts(&mut session)
        .lines()
        .map(|line| {
            line.split("\"row\":")
                .nth(1)
                .unwrap()
                .split('}')
                .next()
                .unwrap()
                .to_string()
        })
        .collect();
    assert_eq!(
        rows,
        [
            r#"{"a":"x","source":"1","count":2"#,
            r#"{"a":"y","source":"2","count":1"#,
            r#"{"a":"z","count":1"#,
        ]
        .map(String::from)[..2]
    );
    assert_eq!(session.counters().malformed, 0);
}

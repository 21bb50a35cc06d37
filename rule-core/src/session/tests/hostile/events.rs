//! What is kept of an event.

use super::*;

/// Values of two bytes each, which take many times that when they are read.
#[test]
fn values_of_a_field_are_bounded_and_counted() {
    let record = format!("{{\"a\":[{}],\"b\":1}}\n", vec!["1"; 300_000].join(","));
    for (search, row) in [
        (
            "a{}=1 b=1 | rename a{} AS a | eval n=mvcount(a) | table n",
            r#""row":{"n":32768}"#,
        ),
        (
            "b=1 | rename a{} AS a | eval n=mvcount(a) | fields n",
            r#""row":{"n":32768}"#,
        ),
        (
            "b=1 | stats count values(a{}) AS a",
            r#""row":{"count":1,"a":"1"}"#,
        ),
        ("b=1", r#""row":{"b":"1","a{}":["1""#),
    ] {
        let (alerts, counters) = run(&configured(search, &json!({})), &[record.as_bytes()]);
        let begin: String = alerts.chars().take(300).collect();
        assert!(alerts.contains(row), "{search}: {begin}");
        let first = u64::from(search == "b=1");
        assert_eq!(counters.fields, 300_000 - 32_768 - first, "{search}");
    }
}

/// A name of a thousand bytes in front of each of many fields, and more fields than a row
/// has.
#[test]
fn names_and_fields_of_an_event_are_bounded_and_counted() {
    let long = "p".repeat(1000);
    let same: Vec<_> = (0..150_000).map(|_| "\"k\":1").collect();
    let other: Vec<_> = (0..50_000).map(|at| format!("\"k{at}\":1")).collect();
    for (keys, left_out) in [
        (same.join(","), 150_000 - 32_769),
        (other.join(","), 49_001),
    ] {
        let record = format!("{{\"b\":1,\"{long}\":{{{keys}}}}}\n");
        let (alerts, counters) = run(&configured("b=1", &json!({})), &[record.as_bytes()]);
        assert_eq!(alerts.lines().count(), 1);
        assert_eq!(counters.fields, left_out);
    }
}

/// A name that is longer than any that is read, in each form of a record.
#[test]
fn values_of_paths_that_are_too_long_are_counted_where_they_may_be_asked_for() {
    let long = "k".repeat(1025);
    let xml = |data: &str| {
        format!("<Event><System><EventID>1</EventID></System><EventData>{data}</EventData></Event>")
    };
    let records = [
        ("json", format!("{{\"EventCode\":1,\"{long}\":\"x\"}}\n")),
        ("xml", xml(&format!("<Data Name='{long}'>x</Data>"))),
        (
            "text",
            format!("03/14/2021 01:50:00 AM\nLogName=Security\nEventCode=1\n{long}=x\n"),
        ),
        ("csv", format!("EventCode,{long}\n1,x\n")),
    ];
    for (search, left_out) in [
        ("EventCode=1", 1),
        ("EventCode=1 | stats values(*) AS *", 1),
        (&format!("EventCode=1 NOT \"{long}\"=y"), 1),
        ("EventCode=1 | stats count", 0),
    ] {
        for (form, record) in &records {
            let sources = json!({"sources": {"fields": {"EventCode": ["System.EventID"]}}});
            let config = configured(search, &sources);
            let mut session = Session::open(config.as_bytes(), &[]).unwrap();
            let input = json!({"format": form}).to_string();
            session.input(input.as_bytes()).unwrap();
            session.push(record.as_bytes()).unwrap();
            session.finish().unwrap();
            let counters = session.counters();
            assert_eq!(counters.matches, 1, "{form}: {search}");
            assert_eq!(counters.fields, left_out, "{form}: {search}");
        }
    }
    // What a command finds in a text is counted as the rows that it makes.
    let inner = format!(r#"{{"a":1,"{long}":2}}"#);
    let record = format!("{{\"a\":\"1\",\"t\":\"{}\"}}\n", inner.replace('"', "\\\""));
    let config = configured("a=1 | fields a t | spath input=t", &json!({}));
    let (_, counters) = run(&config, &[record.as_bytes()]);
    assert_eq!((counters.fields, counters.expanded), (0, 1));
}

/// A header's names are kept as long as its input goes on.
#[test]
fn columns_of_a_header_are_bounded() {
    let names: Vec<_> = (0..10_001).map(|at| format!("c{at}")).collect();
    let mut session = Session::open(configured("c0=1", &json!({})).as_bytes(), &[]).unwrap();
    session.input(br#"{"format":"csv"}"#).unwrap();
    session
        .push(format!("{}\n1,2,3\n", names.join(",")).as_bytes())
        .unwrap();
    session.finish().unwrap();
    let counters = session.counters();
    assert_eq!((counters.records, counters.matches), (2, 0));
    let reasons: Vec<_> = counters
        .malformed_samples
        .iter()
        .map(|one| one.reason.as_str())
        .collect();
    assert!(
        reasons[0].contains("the header has more than 10,000 columns"),
        "{reasons:?}"
    );
    assert!(
        reasons[1].contains("the header could not be read"),
        "{reasons:?}"
    );
}

/// A field with a thousand values puts an event into as many groups, each with a copy of
/// what it counts.
#[test]
fn groups_of_an_event_are_bounded_and_counted() {
    let by = json!((0..1000).collect::<Vec<_>>());
    let floats: String = (0..45)
        .map(|at| format!("\"n{at}\":0.12345678901234,"))
        .collect();
    let long = "x".repeat(200_000);
    let functions: String = (0..850)
        .map(|at| format!(" stdev(n{}) AS c{at}", at / 19))
        .collect();
    let record = format!("{{{floats}\"a\":1,\"x\":\"{long}\",\"h\":{by}}}\n");
    for search in [
        "a=1 | stats values(x) AS x by h{}",
        "a=1 | stats values(*) AS * by h{}",
        "a=1 | rename h{} AS h | mvexpand h | stats values(x) AS x by h",
        &format!("a=1 | fields - x | stats{functions} by h{{}}"),
        &format!("a=1 | fields n* h* | rename h{{}} AS h | mvexpand h | stats{functions} by h"),
    ] {
        let limits = json!({"limits": {"state": 2 << 20}});
        let mut session = Session::open(configured(search, &limits).as_bytes(), &[]).unwrap();
        let kinds = json!({"format": "json"}).to_string();
        session.input(kinds.as_bytes()).unwrap();
        session.push(record.as_bytes()).unwrap();
        let held = session.engine.size().bytes + session.engine.queue.bytes();
        assert!(held < 2 << 20, "{held} bytes of {search:.60}");
        session.finish().unwrap();
        let mut alerts = 0;
        loop {
            let lines = session.take_alerts();
            if lines.is_empty() {
                break;
            }
            alerts += String::from_utf8(lines).unwrap().lines().count() as u64;
        }
        let counters = session.counters();
        let left_out = counters.combinations + counters.expanded;
        assert!(alerts > 0 && left_out > 0, "{search:.60}");
        assert_eq!(alerts + left_out, 1000, "{search:.60}");
    }
}

/// Each of many rules may hold a copy of an event: it is held between two of them until
/// alerts are taken, and nothing of it is lost or counted twice.
#[test]
fn copies_of_an_event_for_many_rules_are_bounded() {
    const STATE: usize = 256 << 10;
    let detections: Vec<_> = (0..60)
        .map(|at| {
            let search = match at % 3 {
                0 => "a=1 | stats values(x) AS x by h",
                1 => "a=1 | table x",
                _ => "a=1 | stats count by x",
            };
            json!({"name": format!("rule {at:02}"), "id": format!("{at}"), "search": search})
        })
        .collect();
    let config = json!({
        "detections": detections,
        "window": "all",
        "limits": {"state": STATE},
    });
    let record = format!(
        "{{\"a\":1,\"h\":\"b\",\"x\":\"{}\"}}\n",
        "x".repeat(100_000)
    );
    let open = || Session::open(config.to_string().as_bytes(), &[]).unwrap();
    let mut session = open();
    session.input(br#"{"format":"json"}"#).unwrap();
    session.push(record.as_bytes()).unwrap();
    let mut lines: Vec<String> = Vec::new();
    let mut most = 0;
    for ended in [false, true] {
        if ended {
            session.finish().unwrap();
        }
        loop {
            most = most.max(session.engine.size().bytes + session.engine.queue.bytes());
            // Another session goes on as well from what is held in the midst of an event.
            let state = session.snapshot();
            session = open();
            session.restore(&state).unwrap();
            let taken = session.take_alerts();
            if taken.is_empty() {
                break;
            }
            let taken = String::from_utf8(taken).unwrap();
            lines.extend(taken.lines().map(String::from));
        }
    }
    assert!(most < 4 * STATE, "{most} bytes");
    let counters = session.counters();
    assert_eq!((counters.records, counters.matches), (1, 60));
    let mut names: Vec<String> = lines
        .iter()
        .map(|line| {
            let alert: Value = serde_json::from_str(line).unwrap();
            assert_eq!(alert["row"]["x"].as_str().unwrap().len(), 100_000);
            alert["rule"]["name"].as_str().unwrap().to_string()
        })
        .collect();
    names.sort();
    let wanted: Vec<String> = (0..60).map(|at| format!("rule {at:02}")).collect();
    assert_eq!(names, wanted);
}

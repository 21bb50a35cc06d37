//! Records that are not looked at any closer change no alert, whatever they hold and
//! however they come.

use super::*;
use std::vec;
use std::vec::Vec;

fn config(more: &str) -> String {
    format!(
        r#"{{"detections": {{"name": "n", "id": "i", "search":
            "a=*get-recipient* | stats count min(_time) AS first by b"}},
            "window": "all", "limits": {{"record": 1024}}, "samples": 3 {more}}}"#
    )
}

/// Lines of a log, and what is among them that is none.
fn json_lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        6 => "[a-c]{0,3}".prop_map(|b| format!("{{\"a\":\"other\",\"b\":\"{b}\"}}\n")),
        3 => "[a-c]{1,2}".prop_map(|b| format!("{{\"a\":\"x Get-Recipient\",\"b\":\"{b}\"}}\n")),
        1 => Just("{\"a\":\"get\\u002drecipient\",\"b\":\"e\"}\n".to_string()),
        1 => Just("{\"a\":\"get\\u002drecipient\",\"b\":\"e\"},\r\n".to_string()),
        1 => Just("{\"a\":1}[{\"b\":[}\n".to_string()),
        1 => Just("{\"a\":1}]{\"a\":\"get-recipient\",\"b\":\"f\"}\n".to_string()),
        1 => Just("{\"a\":1},{\"a\":\"get-recipient\",\"b\":\"g\"},\n".to_string()),
        1 => Just("{\"a\":\"x\n".to_string()),
        1 => Just("{\"a\":{\"b\":1}\n".to_string()),
        1 => Just("{\"a\":\n".to_string()),
        1 => Just("{\"x}\n".to_string()),
        1 => Just("{\n\"a\":\"get-recipient\",\n\"b\":\"m\"\n}\n".to_string()),
        1 => Just("{\n\"a\":\"other\"\n}\n".to_string()),
        1 => Just("[\n".to_string()),
        1 => Just("]\n".to_string()),
        1 => Just("garbage, {\"a\":\"get-recipient\",\"b\":\"h\"}\n".to_string()),
        1 => Just("  {\"a\":\"get-recipient\",\"b\":\"k\"}\n".to_string()),
        1 => Just("\n".to_string()),
        1 => Just("\"get-recipient\"\n".to_string()),
        1 => (0..1100_usize).prop_map(|length| format!("{{\"a\":\"{}\"}}\n", "y".repeat(length))),
        1 => (0..1100_usize).prop_map(|length| format!("{{\"a\":\"get-recipient{}\",\"b\":1}}\n", "y".repeat(length))),
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.concat())
}

fn xml() -> impl Strategy<Value = String> {
    let text = prop::sample::select(vec![
        "get-recipient",
        "get<!--x-->-recipient",
        "get&#45;recipient",
        "<![CDATA[Get-Recipient]]>",
        "other",
        "get-recipien",
        "",
        "\u{e4}",
        "get<?x?>-recipient",
    ]);
    let event = (text, "[a-c]").prop_map(|(text, b)| {
        format!("<Event><System><EventID>1</EventID></System><EventData><Data Name='a'>{text}</Data><Data Name='b'>{b}</Data></EventData></Event>\n")
    });
    let part = prop_oneof![8 => event, 1 => Just("<Event><x></Event>".to_string()), 1 => Just("text".to_string())];
    prop::collection::vec(part, 1..12).prop_map(|parts| parts.concat())
}

fn csv() -> impl Strategy<Value = String> {
    let row = prop::sample::select(vec![
        "get-recipient,a\n",
        "other,b\n",
        "\"get-\"\"recipient\",c\n",
        "\"x\nGet-Recipient\",d\n",
        "\"open\n",
        "one\n",
        "\n",
        "get-recipient\n",
    ]);
    prop::collection::vec(row, 0..12).prop_map(|rows| format!("a,b\n{}", rows.concat()))
}

fn classic() -> impl Strategy<Value = String> {
    let line = prop::sample::select(vec![
        "11/14/2024 11:10:32 AM\nLogName=x\n",
        "a=get-recipient\n",
        "a=other\n",
        "b=c\n",
        "Message=x\n get-recipient\n",
        "\n",
    ]);
    prop::collection::vec(line, 0..16).prop_map(|lines| format!("text\n{}", lines.concat()))
}

/// Cuts an input at these places.
fn cut<'i>(input: &'i [u8], places: &[usize]) -> Vec<&'i [u8]> {
    let mut places: Vec<usize> = places
        .iter()
        .map(|place| place % (input.len() + 1))
        .collect();
    places.sort_unstable();
    places.push(input.len());
    let mut pieces = Vec::new();
    let mut from = 0;
    for to in places {
        pieces.push(&input[from..to]);
        from = to;
    }
    pieces
}

fn as_utf16(text: &str) -> Vec<u8> {
    let mark = [0xff, 0xfe];
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    mark.into_iter().chain(units).collect()
}

/// A session in which a snapshot is taken and restored between any two pushes.
fn moved(config: &str, pieces: &[&[u8]]) -> (String, Counters) {
    let mut alerts = Vec::new();
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    for piece in pieces {
        session.push(piece).unwrap();
        alerts.append(&mut session.take_alerts());
        let snapshot = session.snapshot();
        session = Session::open(config.as_bytes(), &[]).unwrap();
        session.restore(&snapshot).unwrap();
        assert_eq!(session.snapshot(), snapshot);
    }
    session.finish().unwrap();
    alerts.extend(all_alerts(&mut session).into_bytes());
    (String::from_utf8(alerts).unwrap(), session.counters())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(800))]

    #[test]
    fn what_is_passed_changes_no_alert_and_the_split_nothing(
        input in prop_oneof![8 => json_lines(), 2 => xml(), 2 => csv(), 2 => classic()],
        places in prop::collection::vec(any::<usize>(), 0..6),
        is_utf16 in prop::bool::weighted(0.1),
    ) {
        let input = if is_utf16 { as_utf16(&input) } else { input.into_bytes() };
        let pieces = cut(&input, &places);
        let (alerts, counters) = run(&config(""), &[&input]);
        let (strict_alerts, strict) = run(&config(r#","strict":true"#), &[&input]);
        prop_assert_eq!(&alerts, &strict_alerts);
        prop_assert_eq!(counters.matches, strict.matches);
        prop_assert!(counters.candidates <= strict.candidates);
        prop_assert!(counters.malformed <= strict.malformed);
        let split = run(&config(""), &pieces);
        prop_assert_eq!(&split.0, &alerts);
        prop_assert_eq!(&split.1, &counters);
        let bytes: Vec<&[u8]> = input.chunks(1).collect();
        prop_assert_eq!(&run(&config(""), &bytes).1, &counters);
        let moved = moved(&config(""), &pieces);
        prop_assert_eq!(&moved.0, &alerts);
        prop_assert_eq!(&moved.1, &counters);
    }
}

/// Where records move the clock, the times of all of them count.
#[test]
fn with_the_clock_of_records_all_are_read() {
    let config = r#"{"detections": {"name": "n", "id": "i", "search": "a=*get-recipient* | stats count by b"},
        "clock": "record", "window": {"every": "1h", "offset": "0s", "delay": "0s"}}"#;
    let mut session = Session::open(config.as_bytes(), &[]).unwrap();
    session
        .push(b"{\"_time\":1615680000,\"a\":\"get-recipient\",\"b\":1}\n")
        .unwrap();
    for _ in 0..20 {
        session.push(b"{\"_time\":1615683600}\n").unwrap();
    }
    assert_eq!(session.counters().candidates, 21);
    assert!(!session.take_alerts().is_empty());
}

/// What comes last does not wait for what comes behind it.
#[test]
fn nothing_waits_for_the_next_line() {
    let hit: &[u8] = b"{\"a\":\"get-recipient\",\"b\":1}";
    let other: &[u8] = b"{\"a\":\"other\",\"b\":1}\n";
    for split in 0..hit.len() {
        let mut session = Session::open(config("").as_bytes(), &[]).unwrap();
        session.push(other).unwrap();
        session.push(other).unwrap();
        assert_eq!(session.counters().records, 2);
        let (begin, end) = hit.split_at(split);
        session.push(begin).unwrap();
        session.push(end).unwrap();
        assert_eq!(session.counters().matches, 1, "{split}");
        session.push(b"\n").unwrap();
        let (begin, end) = other.split_at(split.min(other.len()));
        session.push(begin).unwrap();
        session.push(end).unwrap();
        assert_eq!(session.counters().records, 4, "{split}");
    }
}

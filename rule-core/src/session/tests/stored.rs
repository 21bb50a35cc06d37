//! Events that a host has not decoded are passed over only where decoding them would have
//! changed nothing.

use super::*;
use std::vec;
use std::vec::Vec;

const SOURCES: &str = r#"{
    "fields": {"EventCode": ["System.EventID"], "SourceName": ["System.Provider.Name"],
        "Channel": ["System.Channel"], "Computer": ["System.Computer"]},
    "data_prefixes": ["EventData."], "inserts": ["EventData."],
    "source": "XmlWinEventLog:$Channel$", "sourcetypes": {"Some Channel": "mailboxes"},
    "messages": [{"provider": "Some Provider", "event_code": "1", "template": "began %1 ended, %2%3"}]
}"#;

fn config(search: &str, more: &str) -> String {
    let detection = serde_json::json!({"name": "n", "id": "i", "search": search});
    format!(r#"{{"detections":{detection},"window":"all","sources":{SOURCES}{more}}}"#)
}

fn open(search: &str, more: &str) -> Session {
    Session::open(config(search, more).as_bytes(), &[]).unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn what_is_passed_is_counted_as_read() {
    let mut session = open("a=*get-recipient*", "");
    assert!(session.pass(b"", 0).unwrap());
    assert!(session.pass(&utf16("something else"), 7).unwrap());
    assert!(!session.pass(&utf16("xGET-Recipient"), 5).unwrap());
    let counters = session.counters();
    assert_eq!((counters.records, counters.candidates), (7, 0));
    let snapshot = session.snapshot();
    session.finish().unwrap();
    assert_eq!(session.pass(b"", 0).unwrap_err().code, ErrorCode::Finished);
    let mut session = open("a=*get-recipient*", "");
    session.restore(&snapshot).unwrap();
    assert_eq!(session.counters().records, 7);
}

/// A host may say that as many records were read as a number can hold.
#[test]
fn counters_stay_at_their_end() {
    let mut session = open("a=*get-recipient*", "");
    for _ in 0..2 {
        assert!(session.pass(&utf16("something else"), u64::MAX).unwrap());
    }
    session
        .push(b"{\"a\":\"x\"}\n{\"a\":\"get-recipient\"}\n{\"a\":1}\n")
        .unwrap();
    session.finish().unwrap();
    let counters = session.counters();
    assert_eq!((counters.records, counters.matches), (u64::MAX, 1));
}

#[test]
fn where_events_have_to_be_decoded() {
    for (search, more) in [
        ("a=*get-recipient*", r#","strict":true"#),
        ("a=*get-recipient*", r#","clock":"record""#),
        // The place of an event would be another.
        ("a=*get-recipient*", r#","samples":1"#),
        ("a=*", ""),
        ("NOT a=*get-recipient*", ""),
        ("EventCode=4688", ""),
        ("a=\"S-1-5-21-1004336348\"", ""),
        ("a=\"{deadbeef-0000-0000-c000-000000000046}\"", ""),
        ("a=*2021-03-14T01:50:00*", ""),
        ("a=*0xfeed*", ""),
        ("a=false", ""),
        ("quot", ""),
        ("source=*channel", ""),
        ("sourcetype=mailboxes", ""),
        ("host=something", ""),
    ] {
        let mut session = open(search, more);
        assert!(!session.pass(b"", 0).unwrap(), "{search} {more}");
    }
}

/// A value as an event log stores it.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(u32),
    List(Vec<String>),
}

/// Does XML have no such character? Then it is written as something else.
fn is_in_xml(c: char) -> bool {
    c >= ' '
}

impl Value {
    fn stored(&self) -> Vec<u8> {
        match self {
            Value::Text(text) => utf16(text),
            Value::Number(number) => number.to_le_bytes().to_vec(),
            Value::List(texts) => texts
                .iter()
                .flat_map(|one| utf16(&format!("{one}\0")))
                .collect(),
        }
    }

    fn written(&self) -> String {
        let escaped = |text: &str| {
            let text = text.replace(|c| !is_in_xml(c), "_");
            let text = text
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            text.replace('\'', "&apos;").replace('"', "&quot;")
        };
        match self {
            Value::Text(text) => escaped(text),
            Value::Number(number) => number.to_string(),
            Value::List(texts) => escaped(&texts.join(",")),
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "get-recipient",
        "Get",
        "-Recipient",
        "SEARCH",
        "\u{17f}earch",
        "ma\u{17f}\u{212a}",
        "mask",
        "began ",
        " ended",
        "end",
        "Some Provider",
        "\u{1}",
        "_",
        "a_name",
        "a\u{1}name",
        "4688",
        "x=hello",
        "hello,world",
        "true",
        "\u{e4}",
        "\u{1f600}",
        "&",
        "\"'",
        "<!--x-->",
        " ",
    ]);
    prop::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => text().prop_map(Value::Text),
        1 => prop::sample::select(vec![4688, 1, 77]).prop_map(Value::Number),
        1 => prop::collection::vec(text(), 0..3).prop_map(Value::List),
    ]
}

const SEARCHES: [&str; 18] = [
    "a=*get-recipient*",
    "b IN (*search*, *mask*)",
    "Message=*ended*",
    "Message=*get-recipient*",
    "Message=\"*began search*\"",
    "a=*a_name*",
    "a=*name*",
    "a=*4688*",
    "a=*hello,world*",
    "\"*x=hello*\"",
    "\"Data Name\" OR b=*hello*",
    "*search*",
    "apos",
    "b=true",
    "SourceName=\"Some Provider\"",
    "Channel=*channel* a=*",
    "a=*get-recipient* b=*search*",
    "a=*hello* OR Computer=*machine*",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn what_is_passed_cannot_match(
        search in prop::sample::select(SEARCHES.to_vec()),
        provider in prop::sample::select(vec!["Some Provider", "Other"]),
        channel in prop::sample::select(vec!["Some Channel", "X"]),
        values in prop::collection::vec(value(), 1..4),
        between in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..4), 15),
    ) {
        let data = ["a", "b", "c"].iter().zip(&values).map(|(name, value)| {
            format!("<Data Name='{name}'>{}</Data>", value.written())
        });
        let xml = format!(
            "<Event><System><Provider Name='{provider}'/><EventID>1</EventID><Channel>{channel}</Channel>\
             <Computer>machine</Computer></System><EventData>{}</EventData></Event>\n",
            data.collect::<String>(),
        );
        let names = ["Event", "System", "Provider", "EventID", "Channel", "Computer", "EventData", "Data", "Name"];
        let fixed = [provider, channel, "machine"].into_iter().chain(names).map(utf16);
        let stored = fixed.chain(values.iter().map(Value::stored));
        let bytes: Vec<u8> = stored
            .zip(&between)
            .flat_map(|(value, between)| [between.clone(), value].concat())
            .collect();
        let mut session = open(search, "");
        if session.pass(&bytes, 1).unwrap() {
            let (alerts, counters) = run(&config(search, ""), &[xml.as_bytes()]);
            prop_assert_eq!(counters.records, 1);
            prop_assert_eq!(counters.matches, 0, "{} {} {}", search, xml, alerts);
        }
    }
}

//! The name table of semantics.md, cell by cell, over what decoders emit.

use alloc::borrow::Cow;
use std::string::{String, ToString};
use std::vec::Vec;

use serde_json::json;

use super::*;
use crate::decode::{Envelope, FieldSink};
use crate::search::{Field, Fields};

fn sources() -> Sources {
    Sources::from_json(&json!({
        "fields": {
            "_time": ["TimeCreated", "@timestamp", "EventTime"],
            "EventCode": ["System.EventID", "EventID", "winlog.event_id"],
            "Message": ["message"],
            "host": ["Hostname", "host.name"],
            "Channel": ["System.Channel"],
            "SourceName": ["System.Provider.Name"],
        },
        "data_prefixes": ["EventData.", "winlog.event_data."],
        "positional": [{"path": "StringInserts{}", "name": "param"}],
        "inserts": ["EventData.", "StringInserts{}"],
        "sourcetypes": {"MSExchange Management": "MSExchange:management"},
        "source": "XmlWinEventLog:$Channel$",
        "indexes": {"Security": "wineventlog"},
        "messages": [{"provider": "P", "event_code": "1", "template": "ran %1 with %2"}],
    }))
    .unwrap()
}

const ASKED: [&str; 9] = [
    "_time",
    "host",
    "EventCode",
    "Message",
    "sourcetype",
    "source",
    "index",
    "Image",
    "param2",
];

fn read<'a>(envelope: Envelope, fields: &[(&'a str, &'a str)]) -> Vec<(String, Vec<String>)> {
    let table = Table::new(sources(), ASKED.map(String::from), false);
    let mut reader = EventReader::new(&table, envelope, Cow::Borrowed("raw"));
    for (path, value) in fields {
        if reader.wants(path) {
            reader.field(path, Cow::Borrowed(value));
        }
    }
    let defaults = Defaults::default();
    let event = reader.finish(&defaults);
    ASKED
        .iter()
        .map(|name| (name.to_string(), values(&event, &table, name)))
        .filter(|(_, values): &(String, Vec<String>)| !values.is_empty())
        .collect()
}

/// The values of a field, as a search sees them.
fn values(event: &Event<'_>, table: &Table, name: &str) -> Vec<String> {
    let slot = table.find(name).unwrap();
    let field = Field {
        name: String::from(name),
        slot,
    };
    let mut values = Vec::new();
    event.any(&field, &mut |value| {
        values.push(String::from(value));
        false
    });
    values
}

fn shown(envelope: Envelope, fields: &[(&str, &str)]) -> String {
    let parts: Vec<String> = read(envelope, fields)
        .into_iter()
        .map(|(name, values)| std::format!("{name}={}", values.join("+")))
        .collect();
    parts.join(" ")
}

#[test]
fn names_and_ranks() {
    for (name, fields, wanted) in [
        (
            "an alias",
            &[("EventID", "1"), ("Hostname", "H")][..],
            "host=H EventCode=1",
        ),
        (
            "its own name wins",
            &[("EventID", "1"), ("EventCode", "2")],
            "EventCode=2",
        ),
        (
            "the better alias wins",
            &[("EventID", "1"), ("System.EventID", "2")],
            "EventCode=2",
        ),
        (
            "whatever the order",
            &[("System.EventID", "2"), ("EventID", "1")],
            "EventCode=2",
        ),
        (
            "below a prefix",
            &[("EventData.Image", "x.exe")],
            "Image=x.exe",
        ),
        (
            "plain before the prefix",
            &[("winlog.event_data.Image", "y"), ("Image", "x")],
            "Image=x",
        ),
        (
            "several values",
            &[("Image", "x"), ("Image", "y")],
            "Image=x+y",
        ),
        (
            "by position",
            &[("StringInserts{}", "a"), ("StringInserts{}", "b")],
            "param2=b",
        ),
        (
            "sourcetype and source by channel",
            &[("System.Channel", "MSExchange Management")],
            "sourcetype=MSExchange:management source=XmlWinEventLog:MSExchange Management",
        ),
        (
            "a sourcetype of its own",
            &[("sourcetype", "x"), ("Channel", "MSExchange Management")],
            "sourcetype=x source=XmlWinEventLog:MSExchange Management",
        ),
        (
            "an index by channel",
            &[("Channel", "Security")],
            "source=XmlWinEventLog:Security index=wineventlog",
        ),
        ("what an event calls index is none", &[("index", "5")], ""),
        (
            "a message from its template",
            &[
                ("SourceName", "P"),
                ("EventID", "1"),
                ("EventData.param1", "A"),
                ("EventData.x", "B"),
            ],
            "EventCode=1 Message=ran A with B",
        ),
        (
            "a message of its own",
            &[("SourceName", "P"), ("EventID", "1"), ("message", "m")],
            "EventCode=1 Message=m",
        ),
    ] {
        assert_eq!(shown(Envelope::None, fields), wanted, "{name}");
    }
}

#[test]
fn the_time_that_counts() {
    for (name, fields, wanted) in [
        (
            "one",
            &[("TimeCreated", "2021-03-14T01:40:12.987Z")][..],
            "_time=1615686012.987",
        ),
        (
            "the first that says its zone",
            &[
                ("TimeCreated", "2021-03-14 02:40:12"),
                ("@timestamp", "2021-03-14T01:40:12Z"),
            ],
            "_time=1615686012",
        ),
        (
            "the first where none does",
            &[
                ("EventTime", "2021-03-14 02:40:12"),
                ("TimeCreated", "2021-03-14 01:40:12"),
            ],
            "_time=1615686012",
        ),
        (
            "its own name before all",
            &[
                ("_time", "2021-03-14 01:40:12"),
                ("@timestamp", "2022-03-14T01:40:12Z"),
            ],
            "_time=1615686012",
        ),
        ("no time", &[("TimeCreated", "yesterday")], ""),
    ] {
        assert_eq!(shown(Envelope::None, fields), wanted, "{name}");
    }
}

#[test]
fn envelopes() {
    for (name, envelope, fields, wanted) in [
        (
            "export",
            Envelope::Export,
            &[
                ("result._time", "1615686012.5"),
                ("result.host", "H"),
                ("result.index", "main"),
                ("preview", "false"),
            ][..],
            "_time=1615686012.5 host=H index=main",
        ),
        (
            "collector",
            Envelope::Hec,
            &[
                ("event.EventID", "1"),
                ("event.Hostname", "inner"),
                ("host", "outer"),
                ("time", "7"),
                ("event.@timestamp", "2021-03-14T01:40:12Z"),
            ],
            "_time=7 host=outer EventCode=1",
        ),
        (
            "collector without metadata",
            Envelope::Hec,
            &[
                ("event.Hostname", "inner"),
                ("event.@timestamp", "2021-03-14T01:40:12Z"),
                ("fields.Image", "x"),
            ],
            "_time=1615686012 host=inner Image=x",
        ),
    ] {
        assert_eq!(shown(envelope, fields), wanted, "{name}");
    }
}

#[test]
fn defaults_fill_what_is_missing() {
    let table = Table::new(sources(), ASKED.map(String::from), false);
    let defaults = Defaults {
        host: Some(String::from("H")),
        source: Some(String::from("S")),
        sourcetype: Some(String::from("T")),
        zone: crate::time::Zone::parse("+02:00").unwrap(),
        now: None,
    };
    let mut reader = EventReader::new(&table, Envelope::None, Cow::Borrowed(""));
    for (path, value) in [
        ("Channel", "MSExchange Management"),
        ("EventTime", "2021-03-14 03:40:12"),
    ] {
        assert!(reader.wants(path));
        reader.field(path, Cow::Borrowed(value));
    }
    let event = reader.finish(&defaults);
    let value = |name: &str| values(&event, &table, name).concat();
    assert_eq!(value("host"), "H");
    assert_eq!(
        value("source"),
        "S",
        "what the user says of an input wins over the template"
    );
    assert_eq!(
        value("sourcetype"),
        "MSExchange:management",
        "the table comes before the default"
    );
    assert_eq!(value("_time"), "1615686012");
}

#[test]
fn sources_say_what_is_wrong() {
    for (value, wanted) in [
        (
            json!({"field": {}}),
            "unknown key `field` in `sources`: did you mean `fields`?",
        ),
        (
            json!({"fields": {"host": 1}}),
            "`sources.fields.host` must be a list of texts, not `1`",
        ),
        (
            json!({"messages": [{"provider": "P"}]}),
            "`sources.messages.event_code` is missing",
        ),
    ] {
        assert_eq!(Sources::from_json(&value).unwrap_err().message, wanted);
    }
}

#[test]
fn the_users_tables_go_over_the_built_in() {
    let user = json!({
        "fields": {"host": ["machine"]},
        "sourcetypes": {"MSExchange Management": "mine"},
    });
    let both = Sources::from_json(&user).unwrap().over(&sources());
    assert_eq!(both.fields["host"], ["machine", "Hostname", "host.name"]);
    assert_eq!(both.sourcetypes["MSExchange Management"], "mine");
    assert_eq!(both.indexes["Security"], "wineventlog");
}

/// However many paths a field has, a later one is no better than an earlier one.
#[test]
fn ranks_of_many_paths() {
    let paths: Vec<String> = (0..70_000)
        .map(|number| std::format!("p{number}"))
        .collect();
    let sources = Sources::from_json(&json!({"fields": {"host": paths}})).unwrap();
    let table = Table::new(sources, [String::from("host")], false);
    for later in ["p1", "p1997", "p65534", "p65535", "p65536", "p69999"] {
        let mut reader = EventReader::new(&table, Envelope::None, Cow::Borrowed(""));
        for path in [later, "p0"] {
            assert!(reader.wants(path));
            reader.field(path, Cow::Borrowed(path));
        }
        let defaults = Defaults::default();
        let event = reader.finish(&defaults);
        assert_eq!(values(&event, &table, "host"), ["p0"], "{later}");
    }
}

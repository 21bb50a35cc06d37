use super::*;
use crate::decode::{self, Envelope};
use crate::names::{Defaults, EventReader, Sources, Table};
use serde_json::json;
use std::borrow::Cow;
use std::string::{String, ToString};
use std::vec::Vec;

/// The values of a field of an event of JSON.
fn values(sources: &Value, field: &str, event: &Value) -> Vec<String> {
    let sources = Sources::from_json(sources).unwrap();
    let table = Table::new(sources, [field.to_string()], false);
    let text = event.to_string();
    let mut reader = EventReader::new(&table, Envelope::None, Cow::Borrowed(""));
    decode::json(text.as_bytes(), &mut reader).unwrap();
    let defaults = Defaults::default();
    let event = reader.finish(&defaults);
    let slot = table.find(field).unwrap();
    event.values(slot).iter().map(ToString::to_string).collect()
}

/// The value of a field that is made so of an event.
fn made(parts: &Value, event: &Value) -> Vec<String> {
    let sources = json!({"events": [{"when": {"t": "*"}, "fields": {"f": parts}}]});
    let mut event = event.clone();
    event["t"] = json!("1");
    values(&sources, "f", &event)
}

#[test]
fn what_fields_are_made_of() {
    let path = json!({"a": "C:\\x y\\z.exe"});
    for (parts, event, wanted) in [
        (json!("a"), json!({"a": "x"}), &["x"][..]),
        (json!("a"), json!({"b": "x"}), &[]),
        (json!("a"), json!({"a": ""}), &[]),
        (json!([]), json!({"a": "x"}), &[]),
        (json!(["a", "b"]), json!({"b": "x"}), &["x"]),
        (json!(["a", "b"]), json!({"a": "y", "b": "x"}), &["y"]),
        (
            json!({"from": "a", "take": "last"}),
            path.clone(),
            &["z.exe"],
        ),
        (
            json!({"from": "a", "take": "above"}),
            path.clone(),
            &["x y"],
        ),
        (
            json!({"from": "a", "take": "last"}),
            json!({"a": "/usr/bin/x"}),
            &["x"],
        ),
        (
            json!({"from": "a", "take": "last"}),
            json!({"a": "x"}),
            &["x"],
        ),
        (
            json!({"from": "a", "take": "last"}),
            json!({"a": "x\\"}),
            &[],
        ),
        (
            json!({"from": "a", "take": "above"}),
            json!({"a": "x"}),
            &[],
        ),
        (
            json!({"from": "a", "before": ":"}),
            json!({"a": "C:\\x:y:z"}),
            &["C:\\x"],
        ),
        (
            json!({"from": "a", "before": ":"}),
            path,
            &["C:\\x y\\z.exe"],
        ),
        (
            json!({"from": "a", "between": ["(", ")"]}),
            json!({"a": "D (1) (2)"}),
            &["1"],
        ),
        (
            json!({"from": "a", "between": ["(", ")"]}),
            json!({"a": "D (1"}),
            &["D (1"],
        ),
        (json!({"from": "a", "unless": "-"}), json!({"a": "-"}), &[]),
        (
            json!([{"from": "a", "unless": ["-", "x"]}, "b"]),
            json!({"a": "x", "b": "c"}),
            &["c"],
        ),
        (
            json!({"from": "a", "map": {"1": "one"}}),
            json!({"a": 1}),
            &["one"],
        ),
        (
            json!({"from": "a", "map": {"1": "one"}}),
            json!({"a": 2}),
            &[],
        ),
        (
            json!({"from": "a", "lower": true}),
            json!({"a": "\u{c4}B"}),
            &["\u{e4}b"],
        ),
        (
            json!({"from": "a", "prefix": "P_"}),
            json!({"a": "x"}),
            &["P_x"],
        ),
        (json!({"is": "x"}), json!({}), &["x"]),
        (
            json!([{"is": "x", "where_same": ["a", "b"]}, {"is": "y"}]),
            json!({"a": 1, "b": 1}),
            &["x"],
        ),
        (
            json!([{"is": "x", "where_same": ["a", "b"]}, {"is": "y"}]),
            json!({"a": 1, "b": 2}),
            &["y"],
        ),
        (
            json!([{"is": "x", "where_same": ["a", "b"]}, {"is": "y"}]),
            json!({}),
            &["y"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"a": "C:\\p.exe -x", "b": "C:\\p.exe"}),
            &["C:\\p.exe -x"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"a": "p.exe  -x ", "b": "C:\\p.exe"}),
            &["C:\\p.exe -x"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"a": "\"p q\" -x", "b": "C:\\p q.exe"}),
            &["\"C:\\p q.exe\" -x"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"b": "C:\\p.exe"}),
            &["C:\\p.exe"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"a": "p", "b": "C:\\p.exe"}),
            &["C:\\p.exe"],
        ),
        (
            json!({"command_line": ["a", "b"]}),
            json!({"a": "p -x"}),
            &["p -x"],
        ),
    ] {
        assert_eq!(made(&parts, &event), wanted, "{parts} of {event}");
    }
}

#[test]
fn each_field_has_the_first_value_that_a_kind_gives_it() {
    let sources = json!({
        "events": [
            {"when": {"a": ["1", "x*"], "b": "2"}, "fields": {"f": "c"}},
            {"when": {"a": "1"}, "fields": {"f": {"is": "other"}, "g": {"is": "g"}}},
        ],
        "models": {"D": {
            "model": "M",
            "defaults": {"unknown": ["f", "i"], "0": ["g"]},
            "children": {"C": "D.f=1"}}}});
    for (field, event, wanted) in [
        ("f", json!({"a": "1", "b": "2", "c": "x"}), &["x"][..]),
        ("f", json!({"a": "XY", "b": "2", "c": "x"}), &["x"]),
        ("f", json!({"a": "1", "b": "2"}), &["other"]),
        ("f", json!({"a": "1", "b": "3", "c": "x"}), &["other"]),
        ("f", json!({"a": "2", "c": "x"}), &[]),
        ("f", json!({"a": "1", "f": "own"}), &["own"]),
        ("g", json!({"a": "1", "b": "2", "c": "x"}), &["g"]),
        ("D.f", json!({"a": "1", "b": "2", "c": "x"}), &["x"]),
        ("D.f", json!({"a": "1", "f": ["own"]}), &["other"]),
        ("D.f", json!({"f": "own"}), &["own"]),
        ("D.f", json!({"f": ""}), &["unknown"]),
        ("D.g", json!({"a": "2"}), &["0"]),
        ("D.h", json!({"a": "1"}), &[]),
        ("D.h", json!({"h": "x"}), &["x"]),
        ("D.C.h", json!({"h": "x"}), &["x"]),
        ("D.C.i", json!({"h": "x"}), &["unknown"]),
        ("D.E.h", json!({"h": "x"}), &[]),
        ("D.E.h", json!({"E.h": "x"}), &["x"]),
        // An ordinary search may ask for a field that happens to be called so.
        ("D.f", json!({"a": "1", "D": {"f": "x"}}), &["x"]),
    ] {
        assert_eq!(
            values(&sources, field, &event),
            wanted,
            "{field} of {event}"
        );
    }
}

#[test]
fn tables_of_a_user_come_first() {
    let own = json!({
        "events": [{"when": {"a": "1"}, "fields": {"f": {"is": "own"}}}],
        "models": {"D": {"defaults": {"mine": ["f"]}}}});
    let below = json!({
        "events": [{"when": {"a": "*"}, "tags": "t", "fields": {"f": {"is": "other"}}}],
        "models": {"D": {"model": "M", "search": "tag=t", "defaults": {"unknown": ["f", "g"]}}}});
    let own = Sources::from_json(&own).unwrap();
    let joined = own.over(&Sources::from_json(&below).unwrap());
    assert_eq!(joined.kinds().len(), 2);
    assert_eq!(
        joined.kinds()[0].when,
        [("a".to_string(), std::vec!["1".to_string()])]
    );
    assert_eq!(joined.kinds()[1].tags, ["t"]);
    let (name, dataset) = joined.models().of_model("M").next().unwrap();
    assert_eq!((name, dataset.search.as_str()), ("D", "tag=t"));
    assert_eq!(joined.models().field("D.f"), Some(("f", Some("mine"))));
    assert_eq!(joined.models().field("D.g"), Some(("g", Some("unknown"))));
    assert_eq!(joined.models().field("D.h"), Some(("h", None)));
    assert_eq!(joined.models().field("E.h"), None);
}

#[test]
fn what_is_wrong_with_a_table() {
    let of = |event: Value| json!({"events": [event]});
    for (sources, wanted) in [
        (
            of(json!({})),
            "`sources.events[0].when` must say what tells these events from others",
        ),
        (
            of(json!({"when": {"a": "1"}, "fields": {"f": {"take": "last"}}})),
            "`sources.events[0].fields.f` must say one of `from`, `is`, `command_line`",
        ),
        (
            of(json!({"when": {"a": "1"}, "fields": {"f": {"from": "a", "take": "first"}}})),
            "`sources.events[0].fields.f.take` must be `last` or `above`, not `\"first\"`",
        ),
        (
            of(json!({"when": {"a": "1"}, "fields": {"f": {"command_line": ["a"]}}})),
            "`sources.events[0].fields.f.command_line` must be two texts",
        ),
        (
            of(json!({"when": {"a": 1}})),
            "`sources.events[0].when.a` must be a text or a list of texts, not `1`",
        ),
        (
            json!({"models": {"D": {"searches": []}}}),
            "unknown key `searches` in `sources.models.D`: did you mean `search`?",
        ),
        (
            json!({"models": {"D": {"defaults": {"unknown": 5}}}}),
            "`sources.models.D.defaults.unknown` must be a list of texts, not `5`",
        ),
    ] {
        let error = Sources::from_json(&sources).unwrap_err();
        assert_eq!(error.message, wanted);
    }
}

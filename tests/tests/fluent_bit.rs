//! The module in Fluent Bit, played: what its filter does with a module, in a runtime
//! that compiles and in one that interprets and has no more than Fluent Bit's.

use std::collections::BTreeMap;

use proptest::prelude::*;
use rule_tests::host::abi::Guest;
use rule_tests::host::fluent_bit::{Filter, GoesOn};
use rule_tests::host::{wasmi, wasmtime};
use serde_json::{Value, json};

/// A stack as small as Fluent Bit's own by default.
const STACK: usize = 8192;

fn rule(more: &str) -> String {
    format!(
        r#"{{"detections":{{"name":"n","id":"i","search":"cmd=*get-recipient* | stats count by b"}},
        "window":{{"every":"1m"}}{more}}}"#
    )
}

/// Runs a test in both runtimes, with what is packed.
fn in_both(config: &str, test: impl Fn(&mut dyn FnMut(&str, i32) -> GoesOn)) {
    fn run<G: Guest>(guest: G, config: &str, test: &impl Fn(&mut dyn FnMut(&str, i32) -> GoesOn)) {
        let mut filter = Filter::new(guest);
        assert!(filter.pack(config.as_bytes()), "{config}");
        test(&mut |record, seconds| filter.filter(record.as_bytes(), 1_700_000_040 + seconds, 0));
    }
    run(wasmtime::Guest::start(None), config, &test);
    run(wasmi::Guest::start(), config, &test);
}

fn value(goes_on: &GoesOn) -> Value {
    match goes_on {
        GoesOn::As(text) => serde_json::from_slice(text).expect("one JSON value"),
        other => panic!("{other:?}"),
    }
}

/// `KIND REVISION ROW` of an alert.
fn short(alert: &Value) -> String {
    let kind = alert["kind"].as_str().expect("a kind");
    format!("{kind} {} {}", alert["revision"], alert["row"])
}

/// Sets the clock, which believes ten records.
fn begin(filter: &mut dyn FnMut(&str, i32) -> GoesOn) {
    for _ in 0..10 {
        assert_eq!(filter(r#"{"x":1}"#, 0), GoesOn::AsItCame);
    }
}

#[test]
fn all_records_go_on_and_matches_carry_alerts() {
    in_both(&rule(""), |filter| {
        begin(filter);
        let record = r#"{"cmd":"GET-RECIPIENT -All","b":"u","n":1.50}"#;
        for count in 1..=3 {
            let carried = value(&filter(record, count));
            let wanted = format!(r#"early {} {{"b":"u","count":{count}}}"#, count - 1);
            assert_eq!(short(&carried["rule_alert"]), wanted);
            assert_eq!(carried["cmd"], json!("GET-RECIPIENT -All"));
        }
        assert_eq!(filter(r#"{"cmd":"get","b":"u"}"#, 4), GoesOn::AsItCame);
        let carried = value(&filter(r#"{"x":2}"#, 60));
        let alerts = carried["rule_alerts"].as_array().expect("a list");
        assert_eq!(alerts.len(), 1);
        assert_eq!(short(&alerts[0]), r#"final 3 {"b":"u","count":3}"#);
        assert_eq!(carried["x"], json!(2));
    });
}

#[test]
fn only_alerts_go_on() {
    in_both(&rule(r#","records":"alerts""#), |filter| {
        assert_eq!(filter(r#"{"x":1}"#, 0), GoesOn::Dropped);
        assert_eq!(filter(r#"{"x":nan}"#, 0), GoesOn::Dropped);
        let record = r#"{"cmd":"get-recipient","b":"u"}"#;
        assert!(value(&filter(record, 0))["rule_alert"].is_object());
    });
}

#[test]
fn without_packing_the_built_in_detection_runs() {
    let mut filter = Filter::new(wasmtime::Guest::start(None));
    let record = json!({
        "Channel": "MSExchange Management", "EventCode": 1, "host": "EX01",
        "Message": "Cmdlet suceeded. Cmdlet Search-Mailbox, parameters .",
    });
    let carried = value(&filter.filter(record.to_string().as_bytes(), 1_700_000_040, 0));
    assert_eq!(carried["rule_alert"]["row"]["dest"], json!("EX01"));
}

/// What comes from a hostile sender, and what Fluent Bit writes of what JSON has no
/// form for: one object each, and nothing lost.
#[test]
fn whatever_comes_in_one_object_goes_out() {
    let deep = |levels: usize| {
        let (open, close) = ("{\"a\":".repeat(levels), "}".repeat(levels));
        format!("{open}\"get-recipient\"{close}")
    };
    let long = format!(
        r#"{{"cmd":"get-recipient","b":"{}"}}"#,
        "u".repeat(10 << 20)
    );
    let wide = format!(
        "{{{}}}",
        (0..2000)
            .map(|n| format!(r#""k{n}":"get-recipient""#))
            .collect::<Vec<_>>()
            .join(",")
    );
    let deeper = deep(1000);
    let as_it_came = [r#"{"b":"u"}"#, &deeper, &long, &wide];
    let others = [
        (r#"{"x":nan,"y":-inf}"#, json!({"x": null, "y": null})),
        (r#"{5:"x"}"#, json!({"5": "x"})),
        (
            r#"{"x":"\x01\xffffffff"}"#,
            json!({"x": "\\x01\\xffffffff"}),
        ),
        (
            "get-recipient",
            json!({"rule_error": "the record is no JSON object", "record": "get-recipient"}),
        ),
        (
            "",
            json!({"rule_error": "the record is no JSON object", "record": ""}),
        ),
        (r#"{"rule_alert":{"kind":"final"},"x":1}"#, json!({"x": 1})),
    ];
    in_both(&rule(""), |filter| {
        for record in as_it_came {
            assert_eq!(filter(record, 0), GoesOn::AsItCame, "{:.80}", record);
        }
        for (record, wanted) in &others {
            assert_eq!(&value(&filter(record, 0)), wanted, "{record}");
        }
        // What is made JSON is looked at, too.
        let record = r#"{"cmd":"get-recipient","b":"u","x":nan}"#;
        assert!(value(&filter(record, 0))["rule_alert"].is_object());
    });
    let mut filter = Filter::new(wasmtime::Guest::start(None));
    let GoesOn::As(text) = filter.filter(b"{\"x\":\"\xff\xfe\",\"y\":nan}", 0, 0) else {
        panic!("it is made JSON");
    };
    assert!(text.ends_with(b"\",\"y\":null}"));
    assert_eq!(
        value(&filter.filter_missing(b"{\"x\":1}")),
        json!({"rule_error": "out of memory: a record could not be put into the module"})
    );
    // Times that wrap, and that are none.
    for (seconds, nanoseconds) in [(-1, -1), (i32::MIN, i32::MAX), (0, 999_999_999)] {
        let record = br#"{"cmd":"get-recipient","b":"u"}"#;
        assert_eq!(
            filter.filter(record, seconds, nanoseconds),
            GoesOn::AsItCame
        );
    }
}

/// At each limit of memory the record goes on, and says so where it was not looked at.
#[test]
fn no_memory_is_no_trap() {
    let record = format!(
        r#"{{"cmd":"get-recipient","b":"b","x":"{}"}}"#,
        "x".repeat(300_000)
    );
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    for limit in (2..40).map(|pages| pages * 256 * 1024) {
        let mut guest = match wasmtime::Guest::try_start(Some(limit)) {
            Some(guest) => Filter::new(guest),
            None => continue,
        };
        if !guest.pack(rule("").as_bytes()) {
            *outcomes.entry("not packed").or_default() += 1;
            continue;
        }
        for _ in 0..3 {
            let outcome = match guest.filter(record.as_bytes(), 0, 0) {
                GoesOn::AsItCame => "as it came",
                GoesOn::Dropped => "dropped",
                other if value(&other)["rule_alert"].is_object() => "alert",
                other if value(&other)["rule_error"].is_string() => "error",
                _ => "neither",
            };
            *outcomes.entry(outcome).or_default() += 1;
        }
    }
    assert!(
        outcomes.contains_key("alert") && outcomes.contains_key("error"),
        "{outcomes:?}"
    );
    let others = ["dropped", "neither"];
    assert!(
        others.iter().all(|other| !outcomes.contains_key(other)),
        "{outcomes:?}"
    );
}

/// In the memory that the module asks for, whatever is largest of a record, a group, an
/// alert: nothing traps.
#[test]
fn the_memory_that_it_asks_for_is_enough() {
    let many = |x: &str, round: usize| {
        let values: Vec<String> = (0..1000).map(|n| format!("\"b{n}\"")).collect();
        format!(
            r#"{{"cmd":"get-recipient","b":[{}],"x":"{round}{x}"}}"#,
            values.join(",")
        )
    };
    let control = |count: usize| "\\u0001".repeat(count);
    let by_many = r#"cmd=*get-recipient* | stats count values(x) as x by \"b{}\""#;
    let by_one = "cmd=*get-recipient* | stats values(x) as x by b";
    let one =
        |x: &str, round: usize| format!(r#"{{"cmd":"get-recipient","b":1,"x":"{round}{x}"}}"#);
    type Record<'a> = &'a dyn Fn(usize) -> String;
    let (short, long) = ("x".repeat(300), "x".repeat(3000));
    let escaped = control(150_000);
    let cases: [(&str, Record<'_>, usize); 5] = [
        (by_many, &|round| many(&short, round), 60),
        (by_many, &|round| many(&long, round), 20),
        (by_one, &|round| one(&escaped, round), 40),
        (
            by_one,
            &|_| format!("{{{{}}:\"{}\"}}", "\u{1}".repeat(2 << 20)),
            2,
        ),
        (
            by_one,
            &|_| format!("{{\"a\":nan,\"b\":\"{}\"}}", "\u{1}".repeat(4 << 20)),
            2,
        ),
    ];
    for (search, record, rounds) in cases {
        let config = rule("").replace("cmd=*get-recipient* | stats count by b", search);
        let guest = wasmtime::Guest::try_start(Some(64 << 20)).expect("it starts");
        let mut filter = Filter::new(guest);
        assert!(filter.pack(config.as_bytes()), "{search}");
        for round in 0..rounds {
            println!("{search}: record {round} of {rounds}");
            let seconds = 1_700_000_040 + round as i32 * 2;
            if let GoesOn::As(text) = filter.filter(record(round).as_bytes(), seconds, 0) {
                let object: Value = serde_json::from_slice(&text).expect("one JSON object");
                assert!(object.is_object());
            }
        }
    }
}

/// The stack of Fluent Bit's filter by default: packing, matching, and what is hostile.
#[test]
fn a_small_stack_is_enough() {
    let mut filter = Filter::new(wasmi::Guest::with_stack(rule_tests::MODULE, STACK));
    assert!(filter.pack(rule("").as_bytes()));
    let deep = [
        "{\"cmd\":",
        &"[".repeat(250),
        "\"get-recipient\"",
        &"]".repeat(250),
        "}",
    ]
    .concat();
    for record in [
        r#"{"cmd":"get-recipient","b":"u"}"#,
        r#"{"x":nan}"#,
        &deep,
        "x",
    ] {
        for seconds in [0, 60] {
            filter.filter(record.as_bytes(), 1_700_000_040 + seconds, 0);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Random records, near JSON and far from it: always one object, in both runtimes
    /// the same.
    #[test]
    fn both_runtimes_give_the_same(
        records in prop::collection::vec((
            r#"\{?("(cmd|b|rule_alert)":|[\[\]{},: ]|"(get-recipient|[a-c\\xu0"\x01]{0,9})"?|-?(nan|[0-2])|true){0,9}\}?"#,
            0..90i32,
        ), 1..30),
    ) {
        let config = rule("");
        let mut compiled = Filter::new(wasmtime::Guest::start(None));
        let mut interpreted = Filter::new(wasmi::Guest::start());
        assert!(compiled.pack(config.as_bytes()) && interpreted.pack(config.as_bytes()));
        for (record, seconds) in records {
            let record = record.replace('\0', "");
            let one = compiled.filter(record.as_bytes(), 1_700_000_040 + seconds, 0);
            if one != GoesOn::AsItCame {
                prop_assert!(value(&one).is_object());
            } else {
                prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&record).is_ok(), "{record}");
            }
            prop_assert_eq!(one, interpreted.filter(record.as_bytes(), 1_700_000_040 + seconds, 0));
        }
    }
}

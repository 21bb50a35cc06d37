//! Groups and functions, a case for each line of semantics.md and spl.md on
//! `stats`; and that no order of the events changes a result.

mod each;
mod parts;

use super::*;
use crate::time::Time;
use proptest::prelude::*;
use std::string::ToString;
use std::vec;

#[derive(Clone, Debug)]
struct Event {
    fields: Vec<(&'static str, Vec<String>)>,
    time: Option<Time>,
}

impl Source for Event {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        if field.name == "_time" {
            if let Some(time) = self.time {
                visit(Item::Number(Number::Time(time)));
            }
            return;
        }
        for (name, values) in &self.fields {
            if *name == field.name {
                values.iter().for_each(|value| visit(Item::Text(value)));
            }
        }
    }
}

/// The names of functions, each of another kind.
pub(crate) const FUNCTIONS: [&str; 24] = [
    "count",
    "dc",
    "values",
    "min",
    "max",
    "sum",
    "avg",
    "earliest",
    "latest",
    "first",
    "last",
    "list",
    "mode",
    "range",
    "rate",
    "earliest_time",
    "latest_time",
    "sumsq",
    "stdev",
    "var",
    "stdevp",
    "varp",
    "median",
    "perc95",
];

const ALL: Most = Most::of_groups(usize::MAX);

fn with_key(key: usize) -> Most {
    Most { key, ..ALL }
}

fn field(name: &str) -> Field {
    Field {
        name: name.to_string(),
        slot: 0,
    }
}

fn stats(aggregates: &[(&str, Option<&str>)], by: &[&str]) -> Stats {
    Stats {
        aggregates: aggregates
            .iter()
            .map(|(function, over)| Aggregate {
                function: Function::from_name(function).unwrap(),
                over: over.map_or(Over::Events, |name| Over::Field(field(name))),
                column: (*function).to_string(),
            })
            .collect(),
        by: by.iter().map(|name| field(name)).collect(),
        missing: None,
    }
}

fn event(seconds: Option<i64>, fields: &[(&'static str, &[&str])]) -> Event {
    Event {
        fields: fields
            .iter()
            .map(|(name, values)| (*name, values.iter().map(ToString::to_string).collect()))
            .collect(),
        time: seconds.map(Time::from_seconds),
    }
}

fn seen(time: Option<Time>) -> Observation<'static> {
    Observation {
        time,
        ..Observation::default()
    }
}

fn shown(stats: &Stats, events: &[Event]) -> String {
    let mut groups = Groups::default();
    for event in events {
        let _ = groups.add(stats, event, &seen(event.time), ALL, &mut |_| {});
    }
    let lines: Vec<String> = groups
        .results(stats)
        .into_iter()
        .map(|result| serde_json::to_string(&crate::rows::Row::from(result)).unwrap())
        .collect();
    lines.join("\n")
}

#[test]
fn groups_of_by_values() {
    let count = |by: &[&str]| stats(&[("count", None)], by);
    for (name, stats, events, wanted) in [
        (
            "sorted, numbers first and by size",
            count(&["k"]),
            &[
                event(None, &[("k", &["b"])]),
                event(None, &[("k", &["10"])]),
                event(None, &[("k", &["9"])]),
                event(None, &[("k", &["B"])]),
            ][..],
            "{\"k\":\"9\",\"count\":1}\n{\"k\":\"10\",\"count\":1}\n{\"k\":\"B\",\"count\":1}\n{\"k\":\"b\",\"count\":1}",
        ),
        (
            "by-values have case",
            count(&["k"]),
            &[event(None, &[("k", &["x"])]), event(None, &[("k", &["X"])])],
            "{\"k\":\"X\",\"count\":1}\n{\"k\":\"x\",\"count\":1}",
        ),
        (
            "without a by-field an event is in no row",
            count(&["k", "l"]),
            &[
                event(None, &[("k", &["x"])]),
                event(None, &[("k", &["x"]), ("l", &["y"])]),
            ],
            r#"{"k":"x","l":"y","count":1}"#,
        ),
        (
            "several values: a row for each, one twice counts twice",
            count(&["k"]),
            &[event(None, &[("k", &["x", "y", "y"])])],
            "{\"k\":\"x\",\"count\":1}\n{\"k\":\"y\",\"count\":2}",
        ),
        (
            "several values in two fields: each combination",
            count(&["k", "l"]),
            &[event(None, &[("k", &["x", "y"]), ("l", &["1", "2"])])],
            "{\"k\":\"x\",\"l\":\"1\",\"count\":1}\n{\"k\":\"x\",\"l\":\"2\",\"count\":1}\n{\"k\":\"y\",\"l\":\"1\",\"count\":1}\n{\"k\":\"y\",\"l\":\"2\",\"count\":1}",
        ),
        (
            "lengths keep values apart",
            count(&["k", "l"]),
            &[
                event(None, &[("k", &["ab"]), ("l", &["c"])]),
                event(None, &[("k", &["a"]), ("l", &["bc"])]),
            ],
            "{\"k\":\"a\",\"l\":\"bc\",\"count\":1}\n{\"k\":\"ab\",\"l\":\"c\",\"count\":1}",
        ),
        (
            "no by-clause, one row",
            count(&[]),
            &[event(None, &[]), event(None, &[])],
            r#"{"count":2}"#,
        ),
        ("no event, no row", count(&[]), &[], ""),
    ] {
        assert_eq!(shown(&stats, events), wanted, "{name}");
    }
}

#[test]
fn functions() {
    let texts = [
        event(Some(10), &[("x", &["9"])]),
        event(Some(30), &[("x", &["10", "1.0"])]),
        event(Some(20), &[("x", &["10"])]),
        event(Some(20), &[]),
    ];
    let mixed = [
        event(Some(1), &[("x", &["9"])]),
        event(Some(2), &[("x", &["abc"])]),
        event(Some(2), &[("x", &["Z"])]),
    ];
    for (function, over, events, wanted) in [
        ("count", None, &texts[..], "4"),
        ("count", Some("x"), &texts, "4"),
        ("dc", Some("x"), &texts, "3"),
        ("values", Some("x"), &texts, r#"["1.0","10","9"]"#),
        ("min", Some("x"), &texts, "1"),
        ("max", Some("x"), &texts, "10"),
        ("min", Some("x"), &mixed, r#""9""#),
        ("max", Some("x"), &mixed, r#""abc""#),
        ("sum", Some("x"), &texts, "30"),
        ("avg", Some("x"), &texts, "7.5"),
        ("sum", Some("x"), &mixed, "9"),
        ("earliest", Some("x"), &texts, r#""9""#),
        ("latest", Some("x"), &texts, r#""1.0""#),
        ("first", Some("x"), &texts, r#""1.0""#),
        ("last", Some("x"), &texts, r#""9""#),
        ("list", Some("x"), &texts, r#"["1.0","10","10","9"]"#),
        ("min", Some("_time"), &texts, "10"),
        ("latest", Some("_time"), &texts, "30"),
    ] {
        let shown = shown(&stats(&[(function, over)], &[]), events);
        assert_eq!(
            shown,
            std::format!("{{\"{function}\":{wanted}}}"),
            "{function} {over:?}"
        );
    }
    for function in ["min", "values", "sum", "avg", "latest", "list"] {
        assert_eq!(
            shown(&stats(&[(function, Some("none"))], &[]), &texts),
            "{}",
            "{function} of nothing"
        );
    }
}

#[test]
fn a_time_keeps_its_digits() {
    let mut event = event(None, &[]);
    event.time = Some(Time::new(1_615_686_012, 987_654_300, 7));
    let stats = stats(&[("min", Some("_time"))], &[]);
    assert_eq!(shown(&stats, &[event]), r#"{"min":1615686012.9876543}"#);
}

#[test]
fn a_list_has_100_values_of_the_newest() {
    let events: Vec<Event> = (0..150)
        .map(|second| {
            let mut event = event(Some(second), &[]);
            event.fields.push(("x", vec![second.to_string()]));
            event
        })
        .collect();
    let shown = shown(&stats(&[("list", Some("x"))], &[]), &events);
    assert!(shown.starts_with("{\"list\":[\"149\",\"148\","), "{shown}");
    assert!(shown.ends_with(",\"51\",\"50\"]}"), "{shown}");
}

#[test]
fn combinations_are_bounded_and_counted() {
    let many: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let event = Event {
        fields: vec![("k", many.clone()), ("l", many)],
        time: None,
    };
    let stats = stats(&[("count", None)], &["k", "l"]);
    let mut groups = Groups::default();
    assert_eq!(
        groups
            .add(&stats, &event, &seen(None), ALL, &mut |_| {})
            .left_out,
        100 * 100 - MAX_COMBINATIONS
    );
    assert_eq!(groups.len(), MAX_COMBINATIONS);

    let long: Vec<String> = (0..10)
        .map(|n| std::format!("{n}{}", "x".repeat(100_000)))
        .collect();
    let event = Event {
        fields: vec![("k", long.clone()), ("l", long)],
        time: None,
    };
    let mut groups = Groups::default();
    let added = groups.add(&stats, &event, &seen(None), ALL, &mut |_| {});
    assert_eq!(groups.len() + added.left_out, 100);
    assert!(groups.bytes() < 3 << 20, "{}", groups.bytes());
}

/// The memory target of performance.md: 256 bytes a group beyond its keys.
#[test]
fn a_group_of_count_min_and_max_is_small() {
    let stats = stats(
        &[
            ("count", None),
            ("min", Some("_time")),
            ("max", Some("_time")),
        ],
        &["k"],
    );
    let mut groups = Groups::default();
    let _ = groups.add(
        &stats,
        &event(Some(1), &[("k", &["x"])]),
        &seen(Some(Time::from_seconds(1))),
        ALL,
        &mut |_| {},
    );
    assert!(groups.bytes() <= 256 + 5, "{}", groups.bytes());
}

#[test]
fn the_earliest_samples_are_kept() {
    let stats = stats(&[("count", None)], &[]);
    let mut groups = Groups::default();
    for second in [5, 3, 9, 1, 7] {
        let sample = Sample {
            time: Some(Time::from_seconds(second)),
            input: String::from("a.log"),
            offset: 0,
            record: None,
            text: second.to_string(),
        };
        let seen = Observation {
            time: sample.time,
            samples: &[sample],
            keep: 2,
        };
        let _ = groups.add(&stats, &event(None, &[]), &seen, ALL, &mut |_| {});
    }
    let kept = &groups.results(&stats)[0].samples;
    let texts: Vec<&str> = kept.iter().map(|sample| &*sample.text).collect();
    assert_eq!(texts, ["1", "3"]);
}

fn any_event() -> impl Strategy<Value = Event> {
    let value = "[0-9]{1,2}|[a-c]{1,2}|[0-9]\\.[0-9]{1,2}";
    let values = proptest::collection::vec(value, 0..3);
    (
        values.clone(),
        values,
        proptest::option::of((0i64..4, 0u8..4)),
    )
        .prop_map(|(k, x, time)| Event {
            fields: vec![("k", k), ("x", x)],
            time: time.map(|(seconds, digits)| Time::new(seconds, 0, digits)),
        })
}

proptest! {
    #[test]
    fn order_changes_nothing(
        (events, shuffled) in proptest::collection::vec(any_event(), 0..12)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle()))
    ) {
        let x = Some("x");
        let all = [
            ("count", x), ("dc", x), ("values", x), ("min", x), ("max", x), ("sum", x), ("avg", x),
            ("earliest", x), ("latest", x), ("first", x), ("last", x), ("list", x),
            ("mode", x), ("range", x), ("rate", x), ("earliest_time", x), ("latest_time", x),
            ("sumsq", x), ("stdev", x), ("varp", x), ("median", x), ("perc95", x),
            ("min", Some("_time")),
            ("max", Some("_time")),
        ];
        let stats = stats(&all, &["k"]);
        prop_assert_eq!(shown(&stats, &events), shown(&stats, &shuffled));
    }
}

/// The hash of a key is public, and whoever writes a log can make keys that share one. It
/// stands before the key in an ordered map, so that they cost no more than others: in a
/// table they would be looked at one after the other, each of them for each.
#[test]
fn keys_that_share_a_hash_are_groups_like_others() {
    const MIXER: u64 = 0x9e37_79b9_7f4a_7c15;
    // Four bytes of length and twelve of text are two words: the first one free, the
    // second one what brings the hash back to where it was.
    let mix = |hash: u64, word: u64| (hash.rotate_left(26) ^ word).wrapping_mul(MIXER);
    let first = |text: u32| u64::from(text) << 32 | 12;
    let second = |text: u32, target: u64| mix(16, first(text)).rotate_left(26) ^ target;
    let is_text = |word: u64| word & 0x8080_8080_8080_8080 == 0;
    let target = second(0x6161_6161, u64::from_le_bytes(*b"aaaaaaaa"));
    let texts = (0..u32::MAX).filter(|text| text & 0x8080_8080 == 0);
    let pairs = texts.map(|text| (text, second(text, target)));
    let colliding = pairs.filter(|(_, word)| is_text(*word)).take(100_000);
    let mut texts: std::vec::Vec<String> = colliding
        .map(|(one, other)| [&one.to_le_bytes()[..], &other.to_le_bytes()].concat())
        .map(|bytes| String::from_utf8(bytes).unwrap())
        .collect();
    let hashes = texts.iter().map(|text| {
        let key = [&(text.len() as u32).to_le_bytes()[..], text.as_bytes()].concat();
        key::hash(&key)
    });
    assert_eq!(hashes.collect::<std::collections::BTreeSet<_>>().len(), 1);
    let stats = stats(&[("count", None)], &["k"]);
    let mut groups = Groups::default();
    for _ in 0..2 {
        for text in &texts {
            let event = Event {
                fields: vec![("k", vec![text.clone()])],
                time: None,
            };
            let _ = groups.add(&stats, &event, &seen(None), ALL, &mut |_| {});
        }
        texts.reverse();
    }
    assert_eq!(groups.len(), 100_000);
}

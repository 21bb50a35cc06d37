//! Parts of a window: merged they are the whole, and so is what was written and
//! read again.

use super::*;
use crate::snapshot::{Reader, Writer};
use crate::value::Value;
use std::format;

/// A matching event: its by-values, the values of `x`, its time.
#[derive(Clone, Debug)]
struct Match {
    by: Vec<String>,
    x: Vec<Single>,
    time: Option<Time>,
    sample: Sample,
}

#[derive(Clone, Debug)]
enum Single {
    Text(String),
    Number(Number),
}

impl Source for Match {
    fn visit(&self, field: &Field, visit: &mut dyn FnMut(Item<'_>)) {
        match field.name.as_str() {
            "k" => self.by.iter().for_each(|value| visit(Item::Text(value))),
            "x" => self.x.iter().for_each(|value| match value {
                Single::Text(text) => visit(Item::Text(text)),
                Single::Number(number) => visit(Item::Number(*number)),
            }),
            _ => {}
        }
    }
}

fn times() -> impl Strategy<Value = Time> {
    let near = (0i64..4, prop_oneof![Just(0), Just(500_000_000)], 0u8..4);
    let far = prop_oneof![Just(i64::MIN), Just(i64::MAX)];
    prop_oneof![
        9 => near.prop_map(|(seconds, nanos, digits)| Time::new(seconds, nanos, digits)),
        1 => far.prop_map(Time::from_seconds),
    ]
}

fn singles() -> impl Strategy<Value = Single> {
    let text = prop_oneof![
        "[0-9]{1,2}|[a-c]{0,2}|-?[0-9]\\.[0-9]{1,2}",
        "-?[0-9]{15}\\.[0-9]{12}|-?[0-9]{1,3}e[0-9]{1,2}|9223372036854775807",
    ];
    // Numbers of one size and several forms above all.
    let double = prop_oneof![
        Just((1i64 << 60) as f64),
        Just(-1e-300),
        Just(-2e-300),
        Just(-0.0),
        Just(f64::MAX),
        any::<f64>().prop_filter("finite", |value| value.is_finite()),
    ];
    prop_oneof![
        3 => text.prop_map(Single::Text),
        1 => prop_oneof![0i64..3, Just(1i64 << 60), Just(i64::MAX)]
            .prop_map(|value| Single::Number(Number::Int(value))),
        1 => double.prop_map(|value| Single::Number(Number::Float(value))),
        1 => times().prop_map(|time| Single::Number(Number::Time(time))),
    ]
}

fn matches() -> impl Strategy<Value = Match> {
    let by = proptest::collection::vec("[0-9]|[a-b]{0,2}|é", 0..3);
    let x = proptest::collection::vec(singles(), 0..3);
    let time = proptest::option::of(times());
    (by, x, time, 0u64..3).prop_map(|(by, x, time, offset)| {
        let sample = Sample {
            time,
            input: String::from("a.log"),
            offset,
            record: (offset == 1).then(|| String::from("17")),
            text: format!("{x:?}"),
        };
        Match {
            by,
            x,
            time,
            sample,
        }
    })
}

fn all_functions() -> Stats {
    let over = FUNCTIONS.map(|function| (function, Some("x")));
    stats(&over, &["k"])
}

fn counted<'m>(stats: &Stats, events: impl IntoIterator<Item = &'m Match>, keep: usize) -> Groups {
    let mut groups = Groups::default();
    for event in events {
        add(&mut groups, stats, event, keep);
    }
    groups
}

fn add(groups: &mut Groups, stats: &Stats, event: &Match, keep: usize) {
    let seen = Observation {
        time: event.time,
        samples: core::slice::from_ref(&event.sample),
        keep,
    };
    groups.add(stats, event, &seen, ALL, &mut |_| {});
}

fn written(groups: &Groups) -> Vec<u8> {
    let mut writer = Writer::new();
    groups.write(&mut writer);
    writer.into_bytes()
}

fn read(bytes: &[u8], stats: &Stats) -> Option<Groups> {
    let mut reader = Reader::new(bytes);
    let groups = Groups::read(&mut reader, stats).ok()?;
    reader.end().ok()?;
    Some(groups)
}

fn results(groups: &Groups, stats: &Stats) -> String {
    let results = groups.results(stats);
    results
        .into_iter()
        .map(|result| {
            let row = crate::rows::Row::from(result);
            format!(
                "{} {:?}\n",
                serde_json::to_string(&row).unwrap(),
                row.identity
            )
        })
        .collect()
}

#[test]
fn by_values_that_are_too_long_are_set_apart() {
    let stats = stats(&[("count", None)], &["k", "l"]);
    let event = event(None, &[("k", &["12", "1234"]), ("l", &["é"])]);
    let mut groups = Groups::default();
    let mut touched = Vec::new();
    for _ in 0..2 {
        let added = groups.add(&stats, &event, &seen(None), with_key(4), &mut |key| {
            touched.push(key.to_vec());
        });
        let apart = added.apart.unwrap();
        let result = &apart.results(&stats)[0];
        assert_eq!(result.by_values, ["1234", "é"]);
        assert_eq!(apart.len(), 1);
    }
    assert_eq!(groups.len(), 1);
    assert_eq!(touched.len(), 2);
    assert_eq!(touched[0], touched[1]);
    let alone = groups.group(&touched[0]).unwrap();
    let result = &alone.results(&stats)[0];
    assert_eq!(result.by_values, ["12", "é"]);
    assert_eq!(
        result.values,
        [("count".into(), Value::Number(Number::Int(2)))]
    );
    assert!(groups.group(b"12").is_none());
    let within = groups.add(&stats, &event, &seen(None), with_key(6), &mut |_| {});
    assert!(within.apart.is_none());
}

#[test]
fn each_group_alone_in_the_order_of_results() {
    let stats = stats(&[("count", None)], &["k"]);
    let mut groups = Groups::default();
    for value in ["b", "10", "9", "B", "9"] {
        let event = event(None, &[("k", &[value])]);
        groups.add(&stats, &event, &seen(None), ALL, &mut |_| {});
    }
    let single = groups.clone().into_single();
    let order: Vec<String> = single
        .iter()
        .map(|one| one.results(&stats)[0].by_values.concat())
        .collect();
    assert_eq!(order, ["9", "10", "B", "b"]);
    let bytes: usize = single.iter().map(Groups::bytes).sum();
    assert_eq!(bytes, groups.bytes());
}

#[test]
fn what_cannot_be_is_refused() {
    let key = |values: &[&[u8]]| {
        let mut key = Vec::new();
        for value in values {
            key.extend_from_slice(&(value.len() as u32).to_le_bytes());
            key.extend_from_slice(value);
        }
        key
    };
    let groups = |keys: &[Vec<u8>], write: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::new();
        writer.list(keys.iter(), |writer, key| {
            writer.bytes(key);
            write(writer);
            writer.flag(false);
            writer.count(0);
        });
        writer.into_bytes()
    };
    let one = [key(&[b"a"])];
    let number = |writer: &mut Writer| writer.number(7);
    let timed = |writer: &mut Writer, seconds: i64| {
        writer.option(Some(Time::from_seconds(seconds)), |writer, time| {
            time.write(writer)
        });
        writer.byte(1);
        writer.text("v");
    };
    for (name, function, keys, write, accepted) in [
        (
            "a count",
            "count",
            &one[..],
            &number as &dyn Fn(&mut Writer),
            true,
        ),
        ("no group", "count", &[], &number, true),
        (
            "keys in the order of their hashes",
            "count",
            &[key(&[b"b"]), key(&[b"a"])],
            &number,
            true,
        ),
        (
            "keys out of it",
            "count",
            &[key(&[b"a"]), key(&[b"b"])],
            &number,
            false,
        ),
        (
            "a key twice",
            "count",
            &[key(&[b"a"]), key(&[b"a"])],
            &number,
            false,
        ),
        ("no by-value", "count", &[key(&[])], &number, false),
        (
            "two by-values",
            "count",
            &[key(&[b"a", b"b"])],
            &number,
            false,
        ),
        ("no UTF-8", "count", &[key(&[b"\xff"])], &number, false),
        (
            "a key that is cut",
            "count",
            &[key(&[b"abc"])[..5].to_vec()],
            &number,
            false,
        ),
        (
            "a set",
            "dc",
            &one,
            &|w| w.list(["a", "b"].iter(), |w, t| w.text(t)),
            true,
        ),
        (
            "a set out of order",
            "dc",
            &one,
            &|w| w.list(["b", "a"].iter(), |w, t| w.text(t)),
            false,
        ),
        (
            "a member twice",
            "values",
            &one,
            &|w| w.list(["a", "a"].iter(), |w, t| w.text(t)),
            false,
        ),
        (
            "a list",
            "list",
            &one,
            &|w| w.list([9, 8].iter(), |w, s| timed(w, *s)),
            true,
        ),
        (
            "a list out of order",
            "list",
            &one,
            &|w| w.list([8, 9].iter(), |w, s| timed(w, *s)),
            false,
        ),
        (
            "a list of 100",
            "list",
            &one,
            &|w| w.list([1; 100].iter(), |w, s| timed(w, *s)),
            true,
        ),
        (
            "a list of 101",
            "list",
            &one,
            &|w| w.list([1; 101].iter(), |w, s| timed(w, *s)),
            false,
        ),
        (
            "the earliest, without a time",
            "earliest",
            &one,
            &|w| {
                w.flag(true);
                w.flag(false);
                w.byte(0);
                Number::Int(1).write(w);
            },
            false,
        ),
        (
            "the first, without a time",
            "first",
            &one,
            &|w| {
                w.flag(true);
                w.flag(false);
                w.byte(0);
                Number::Int(1).write(w);
            },
            true,
        ),
        (
            "a sum of nothing that is something",
            "sum",
            &one,
            &|w| {
                w.number(0);
                w.raw(&1i128.to_le_bytes());
                w.signed(0);
                w.flag(false);
            },
            false,
        ),
        (
            "no text, but one that is no number",
            "min",
            &one,
            &|w| {
                [false, false, true, false]
                    .iter()
                    .for_each(|flag| w.flag(*flag))
            },
            false,
        ),
        (
            "a double that is not finite",
            "max",
            &one,
            &|w| {
                w.flag(true);
                Number::Float(f64::NAN).write(w);
                [false, false, true].iter().for_each(|flag| w.flag(*flag));
            },
            false,
        ),
    ] {
        let stats = stats(&[(function, Some("x"))], &["k"]);
        let bytes = groups(keys, write);
        let found = read(&bytes, &stats);
        assert_eq!(found.is_some(), accepted, "{name}");
        if let Some(groups) = found {
            assert_eq!(written(&groups), bytes, "{name}");
        }
    }
}

proptest! {
    #[test]
    fn parts_merge_to_the_whole(
        events in proptest::collection::vec((matches(), 0usize..5), 0..25),
        order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle(),
        keep in 0usize..3,
    ) {
        let stats = all_functions();
        let whole = counted(&stats, events.iter().map(|(event, _)| event), keep);
        let mut merged = Groups::default();
        for part in order {
            let events = events.iter().filter(|(_, of)| *of == part).map(|(event, _)| event);
            // A part may have kept more samples.
            merged.merge(&counted(&stats, events, keep + 2), keep);
        }
        prop_assert_eq!(results(&merged, &stats), results(&whole, &stats));
        prop_assert_eq!(written(&merged), written(&whole));
        prop_assert_eq!(merged.bytes(), whole.bytes());
    }

    #[test]
    fn a_list_of_parts_has_100_values_too(
        at in proptest::collection::vec(0usize..300, 3), seed in 1usize..200,
    ) {
        let events: Vec<Event> = (0..300usize)
            .map(|n| {
                let second = (n * seed % 150) as i64;
                let mut event = event(Some(second), &[("k", &["a"])]);
                event.fields.push(("x", vec![format!("{}", n % 7)]));
                event
            })
            .collect();
        let stats = all_functions();
        let counted = |events: &[Event]| {
            let mut groups = Groups::default();
            for event in events {
                groups.add(&stats, event, &seen(event.time), ALL, &mut |_| {});
            }
            groups
        };
        let mut cuts = at;
        cuts.extend([0, events.len()]);
        cuts.sort_unstable();
        let mut merged = Groups::default();
        for pair in cuts.windows(2).rev() {
            merged.merge(&counted(&events[pair[0]..pair[1]]), 0);
        }
        let whole = counted(&events);
        prop_assert_eq!(written(&merged), written(&whole));
        prop_assert_eq!(merged.bytes(), whole.bytes());
    }

    #[test]
    fn read_again_it_is_the_same(
        events in proptest::collection::vec(matches(), 0..25), keep in 0usize..3,
    ) {
        let stats = all_functions();
        let groups = counted(&stats, &events, keep);
        let bytes = written(&groups);
        let read = read(&bytes, &stats).unwrap();
        prop_assert_eq!(written(&read), bytes);
        prop_assert_eq!(read.bytes(), groups.bytes());
        prop_assert_eq!(results(&read, &stats), results(&groups, &stats));
    }

    #[test]
    fn single_groups_merge_to_the_whole(
        events in proptest::collection::vec(matches(), 0..25), keep in 0usize..3,
    ) {
        let stats = all_functions();
        let whole = counted(&stats, &events, keep);
        let mut merged = Groups::default();
        for single in whole.clone().into_single() {
            prop_assert_eq!(single.len(), 1);
            merged.merge(&single, keep);
        }
        prop_assert_eq!(written(&merged), written(&whole));
        prop_assert_eq!(merged.bytes(), whole.bytes());
    }

    #[test]
    fn no_bytes_make_it_panic(
        events in proptest::collection::vec(matches(), 0..8),
        functions in proptest::sample::subsequence(FUNCTIONS.to_vec(), 1..4),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4),
        more in matches(),
    ) {
        let over: Vec<_> = functions.iter().map(|function| (*function, Some("x"))).collect();
        let stats = stats(&over, &["k"]);
        let groups = counted(&stats, &events, 2);
        let mut bytes = written(&groups);
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some(mut read) = read(&bytes, &stats) {
            prop_assert_eq!(written(&read), bytes);
            let _ = results(&read, &stats);
            add(&mut read, &stats, &more, 2);
            for _ in 0..3 {
                read.merge(&groups, 2);
                read.merge(&read.clone(), 2);
            }
            let _ = results(&read, &stats);
            let size = read.clone().into_single().iter().map(Groups::bytes).sum::<usize>();
            prop_assert_eq!(read.bytes(), size);
            prop_assert!(self::read(&written(&read), &stats).is_some());
        }
    }
}

/// Groups that are left out for want of room are those of the event, whatever is held:
/// else two parts of a stream would not come to what the whole does.
#[test]
fn what_is_left_out_of_an_event_goes_by_the_event() {
    let stats = stats(&[("values", Some("v"))], &["k"]);
    let long = "x".repeat(10_000);
    let many: Vec<String> = (0..100).map(|at| at.to_string()).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let of_many = event(None, &[("k", &many), ("v", &[&long])]);
    let most = Most::of_groups(200_000);
    let counted = |before: &[&str]| {
        let mut groups = Groups::default();
        for key in before {
            let one = event(None, &[("k", &[key]), ("v", &[&long])]);
            let _ = groups.add(&stats, &one, &seen(None), most, &mut |_| {});
        }
        let mut touched = Vec::new();
        let added = groups.add(&stats, &of_many, &seen(None), most, &mut |key| {
            touched.push(key.to_vec());
        });
        assert!(touched.len() < 25, "{} groups", touched.len());
        assert_eq!(touched.len() + added.left_out, 100);
        (touched, groups)
    };
    let (fresh, groups) = counted(&[]);
    assert!(groups.bytes() < 250_000, "{} bytes", groups.bytes());
    let (beside, _) = counted(&["0", "1", "2", "99"]);
    assert_eq!(fresh, beside);
}

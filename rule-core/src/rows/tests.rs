//! The commands over rows, a case for each line of spl.md's table that runs.

use core::cell::Cell;
use std::boxed::Box;
use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use proptest::prelude::*;

use super::eval::{Expr, Operator, Relation};
use super::*;
use crate::search::NamePattern;
use crate::snapshot::{Reader, Writer};
use crate::stats::{Sample, Stats};
use crate::time::{Time, Zone};
use crate::value::{Number, Value};

fn text(value: &str) -> Value {
    Value::Text(value.to_string())
}

fn row(columns: &[(&str, Value)]) -> Row {
    let mut row = Row::new(Identity::default());
    for (name, value) in columns {
        row.set(name, value.clone());
    }
    row
}

fn rows() -> Vec<Row> {
    vec![
        row(&[
            ("host", text("A")),
            ("n", Value::Number(Number::Int(2))),
            (
                "_time",
                Value::Number(Number::Time(Time::new(1_615_686_012, 987_000_000, 3))),
            ),
        ]),
        row(&[("host", text("B")), ("user", text("x"))]),
    ]
}

fn names(names: &[&str]) -> Vec<NamePattern> {
    names.iter().map(|name| NamePattern::new(name)).collect()
}

fn rename(from: &str, to: &str) -> Rename {
    Rename::new(NamePattern::new(from), NamePattern::new(to)).unwrap()
}

fn ctime(field: &str, alias: Option<&str>, format: &str) -> Convert {
    Convert {
        function: Conversion::Ctime,
        field: NamePattern::new(field),
        alias: alias.map(String::from),
        format: format.into(),
        except: [].into(),
    }
}

fn shown(command: &Command) -> String {
    let zone = Zone::utc();
    let rows = command.apply(
        rows(),
        &Context {
            zone: &zone,
            left_out: &Cell::new(0),
            steps: Cell::new(Context::STEPS),
            most: 1 << 20,
            now: None,
        },
    );
    let lines: Vec<String> = rows
        .iter()
        .map(|row| serde_json::to_string(row).unwrap())
        .collect();
    lines.join("\n")
}

#[test]
fn commands() {
    let is_a = Expr::Compare(
        Box::new(Expr::Field("host".to_string())),
        Relation::Equal,
        Box::new(Expr::Constant(text("A"))),
    );
    let twice = Expr::Chain(
        Box::new(Expr::Field("n".to_string())),
        vec![(
            Operator::Multiply,
            Expr::Constant(Value::Number(Number::Int(2))),
        )],
    );
    for (name, command, wanted) in [
        (
            "where keeps what is true",
            Command::Where(is_a),
            r#"{"host":"A","n":2,"_time":1615686012.987}"#,
        ),
        (
            "eval sets, and null erases",
            Command::Eval(vec![
                ("n".to_string(), twice),
                ("user".to_string(), Expr::Field("nothing".to_string())),
            ]),
            "{\"host\":\"A\",\"n\":4,\"_time\":1615686012.987}\n{\"host\":\"B\"}",
        ),
        (
            "rename keeps the place",
            Command::Rename(vec![rename("host", "dest")]),
            "{\"dest\":\"A\",\"n\":2,\"_time\":1615686012.987}\n{\"dest\":\"B\",\"user\":\"x\"}",
        ),
        (
            "a missing source empties the target",
            Command::Rename(vec![rename("nothing", "host")]),
            "{\"n\":2,\"_time\":1615686012.987}\n{\"user\":\"x\"}",
        ),
        (
            "a rename onto another column replaces it",
            Command::Rename(vec![rename("user", "host")]),
            "{\"n\":2,\"_time\":1615686012.987}\n{\"host\":\"x\"}",
        ),
        (
            "rename with wildcards",
            Command::Rename(vec![rename("*s*", "S.*.*")]),
            "{\"S.ho.t\":\"A\",\"n\":2,\"_time\":1615686012.987}\n{\"S.ho.t\":\"B\",\"S.u.er\":\"x\"}",
        ),
        (
            "table: in this order, null where there is none",
            Command::Table(names(&["user", "host"])),
            "{\"user\":null,\"host\":\"A\"}\n{\"user\":\"x\",\"host\":\"B\"}",
        ),
        (
            "table with a wildcard",
            Command::Table(names(&["user", "*"])),
            "{\"user\":null,\"host\":\"A\",\"n\":2}\n{\"user\":\"x\",\"host\":\"B\",\"n\":null}",
        ),
        (
            "fields keeps what begins with _",
            Command::Keep(names(&["n"])),
            "{\"n\":2,\"_time\":1615686012.987}\n{\"n\":null}",
        ),
        (
            "fields -",
            Command::Drop(names(&["n", "_*"])),
            "{\"host\":\"A\"}\n{\"host\":\"B\",\"user\":\"x\"}",
        ),
        (
            "fillnull of every column",
            Command::FillNull {
                value: "0".to_string(),
                fields: names(&["*"]),
            },
            "{\"host\":\"A\",\"n\":2,\"_time\":1615686012.987,\"user\":\"0\"}\n{\"host\":\"B\",\"user\":\"x\",\"n\":\"0\"}",
        ),
        (
            "fillnull makes a field that is listed",
            Command::FillNull {
                value: "none".to_string(),
                fields: names(&["z"]),
            },
            "{\"host\":\"A\",\"n\":2,\"_time\":1615686012.987,\"z\":\"none\"}\n{\"host\":\"B\",\"user\":\"x\",\"z\":\"none\"}",
        ),
        (
            "convert cuts the fraction",
            Command::Convert(vec![ctime("_time", Some("t"), "%H:%M:%S")]),
            "{\"host\":\"A\",\"n\":2,\"_time\":1615686012.987,\"t\":\"01:40:12\"}\n{\"host\":\"B\",\"user\":\"x\"}",
        ),
        (
            "convert leaves what is no number",
            Command::Convert(vec![ctime("host", None, Convert::DEFAULT_FORMAT)]),
            "{\"host\":\"A\",\"n\":2,\"_time\":1615686012.987}\n{\"host\":\"B\",\"user\":\"x\"}",
        ),
    ] {
        assert_eq!(shown(&command), wanted, "{name}");
    }
}

#[test]
fn after_table_null_stays_null() {
    let zone = Zone::utc();
    let left_out = Cell::new(0);
    let context = Context {
        zone: &zone,
        left_out: &left_out,
        steps: Cell::new(Context::STEPS),
        most: 1 << 20,
        now: None,
    };
    let table = Command::Table(names(&["host"])).apply(rows(), &context);
    let erase = Command::Eval(vec![(
        "host".to_string(),
        Expr::Field("nothing".to_string()),
    )]);
    let rows = erase.apply(table.clone(), &context);
    assert_eq!(serde_json::to_string(&rows[0]).unwrap(), r#"{"host":null}"#);
    let empty = Command::Rename(vec![rename("nothing", "host")]);
    let rows = empty.apply(table, &context);
    assert_eq!(serde_json::to_string(&rows[0]).unwrap(), r#"{"host":null}"#);
}

#[test]
fn names_with_unequal_wildcards_are_no_renaming() {
    assert_eq!(
        Rename::new(NamePattern::new("a*"), NamePattern::new("b")),
        None
    );
}

/// Rows with fewer samples, or none, take none from a group that has more.
#[test]
fn a_second_stats_keeps_samples_in_any_order() {
    let zone = Zone::utc();
    let left_out = Cell::new(0);
    let context = Context {
        zone: &zone,
        left_out: &left_out,
        steps: Cell::new(Context::STEPS),
        most: 1 << 20,
        now: None,
    };
    let count = Command::Stats(Stats {
        aggregates: Vec::new(),
        by: Vec::new(),
        missing: None,
    });
    let mut rows: Vec<Row> = [&[3, 5][..], &[1], &[]]
        .iter()
        .map(|offsets| {
            let mut row = row(&[]);
            let samples = offsets.iter().map(|offset| Sample {
                time: None,
                input: String::new(),
                offset: *offset,
                record: None,
                text: String::new(),
            });
            row.identity.samples = samples.collect();
            row
        })
        .collect();
    for _ in 0..rows.len() {
        rows.rotate_left(1);
        let result = count.apply(rows.clone(), &context);
        let samples = result[0].identity.samples.iter();
        assert_eq!(samples.map(|one| one.offset).collect::<Vec<_>>(), [1, 3]);
    }
}

fn written(row: &Row) -> Vec<u8> {
    let mut writer = Writer::new();
    row.write(&mut writer);
    writer.into_bytes()
}

fn read(bytes: &[u8]) -> Option<Row> {
    let mut reader = Reader::new(bytes);
    let row = Row::read(&mut reader).ok()?;
    reader.end().ok()?;
    Some(row)
}

#[test]
fn a_row_in_a_snapshot_keeps_what_it_is() {
    let time = Time::new(-7, 987_000_000, 3);
    let mut given = row(&[
        ("host", text("A")),
        ("n", Value::Number(Number::Int(-2))),
        ("x", Value::Number(Number::Float(0.25))),
        (
            "many",
            Value::Many(vec![text("a"), Value::Number(Number::Time(time))]),
        ),
    ]);
    given.identity = Identity {
        by: Some(vec!["A".to_string(), String::new()]),
        latest: Some(time),
        samples: vec![Sample {
            time: None,
            input: "a.log".to_string(),
            offset: u64::MAX,
            record: Some("17".to_string()),
            text: "{}".to_string(),
        }],
    };
    let zone = Zone::utc();
    let left_out = Cell::new(0);
    let context = Context {
        zone: &zone,
        left_out: &left_out,
        steps: Cell::new(Context::STEPS),
        most: 1 << 20,
        now: None,
    };
    let fixed = Command::Table(names(&["many", "nothing"])).apply(vec![given.clone()], &context);
    for row in [given, fixed[0].clone(), Row::default()] {
        let bytes = written(&row);
        assert_eq!(read(&bytes), Some(row));
        for length in 0..bytes.len() {
            assert_eq!(read(&bytes[..length]), None, "cut at {length}");
        }
    }
}

#[test]
fn values_that_cannot_be_are_refused() {
    let (one, null) = ([1, 1, b'a'], [0]);
    for (name, bytes, accepted) in [
        ("null", vec![0], true),
        ("text", one.to_vec(), true),
        ("two", [&[3, 2][..], &one, &one].concat(), true),
        ("a list of one", [&[3, 1][..], &one].concat(), false),
        ("an empty list", vec![3, 0], false),
        (
            "a null in a list",
            [&[3, 2][..], &one, &null].concat(),
            false,
        ),
        (
            "a list in a list",
            [&[3, 2, 3, 2][..], &one, &one, &one].concat(),
            false,
        ),
        ("another kind", vec![4], false),
        ("a time", vec![2, 2, 0, 0, 9], true),
        ("too many digits", vec![2, 2, 0, 0, 10], false),
        (
            "a second of nanoseconds",
            vec![2, 2, 0, 0x80, 0x94, 0xeb, 0xdc, 0x03, 0],
            false,
        ),
        ("another kind of number", vec![2, 3], false),
        (
            "infinite",
            [&[2, 1][..], &f64::INFINITY.to_le_bytes()].concat(),
            false,
        ),
    ] {
        let mut reader = Reader::new(&bytes);
        let read = Value::read(&mut reader);
        assert_eq!(read.is_ok() && reader.end().is_ok(), accepted, "{name}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_reading_a_row_panic(
        bytes in proptest::collection::vec(prop_oneof![0u8..4, any::<u8>()], 0..40),
    ) {
        if let Some(row) = read(&bytes) {
            prop_assert_eq!(written(&row), bytes);
            let _ = (serde_json::to_string(&row).unwrap(), row.bytes(), row.json_length());
        }
    }
}

#[test]
fn what_a_command_makes_is_bounded_and_counted() {
    let zone = Zone::utc();
    let left_out = Cell::new(0);
    let context = Context {
        zone: &zone,
        left_out: &left_out,
        steps: Cell::new(Context::STEPS),
        most: 1 << 20,
        now: None,
    };
    let values = (0..3000).map(|n| text(&n.to_string())).collect();
    let many = row(&[("a", Value::Many(values)), ("b", text(&"x".repeat(1000)))]);
    let expand = Command::MvExpand {
        field: "a".to_string(),
        limit: None,
    };
    let rows = expand.apply(vec![many], &context);
    assert!(rows.len() > 500);
    assert_eq!(rows.len() as u64 + left_out.get(), 3000);
}

proptest! {
    #[test]
    fn any_values_sort(
        texts in proptest::collection::vec("[0-9]{0,2}[.:a]{0,1}[0-9a]{0,2}(\\.[0-9]){0,3}", 0..20)
    ) {
        let zone = Zone::utc();
        let left_out = Cell::new(0);
        let context = Context { zone: &zone, left_out: &left_out, steps: Cell::new(Context::STEPS), now: None, most: 1 << 20 };
        for kind in [SortKind::Auto, SortKind::Number, SortKind::Text, SortKind::Address] {
            let sort = |descending| Command::Sort(Sort {
                limit: None,
                keys: vec![SortKey { field: "a".to_string(), descending, kind }],
                reversed: false,
            });
            let rows: Vec<Row> = texts.iter().map(|one| row(&[("a", text(one))])).collect();
            let up = sort(false).apply(rows.clone(), &context);
            prop_assert_eq!(&sort(false).apply(up.clone(), &context), &up);
            prop_assert_eq!(sort(true).apply(rows, &context).len(), up.len());
        }
    }
}

proptest! {
    #[test]
    fn spans_that_fit_have_each_value_in_them_and_are_few(
        values in proptest::collection::vec(prop_oneof![any::<f64>(), -1e6..1e6, -1.0..1.0], 1..30),
        bins in 1usize..50,
    ) {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let (first, last) = (values.iter().copied().fold(0.5, f64::min), values.iter().copied().fold(0.5, f64::max));
        let fitted = Fitted { bins, least: None, start: None, end: None };
        let edges = fitted.of_numbers(first, last);
        let mut starts: Vec<f64> = Vec::new();
        for value in values {
            let (from, to) = edges.around(value).unwrap();
            prop_assert!(last - first > 1e290 || (from <= value && value < to), "{from} {value} {to}");
            if !starts.contains(&from) {
                starts.push(from);
            }
        }
        prop_assert!(starts.len() <= bins.max(2) || last - first > 1e290, "{starts:?}");
    }

    #[test]
    fn no_text_makes_what_reads_it_panic(
        content in "[a-b<>/=\"\\\\{}\\[\\]:,1 \u{e4}]{0,30}|\\{\"a\":.{0,20}|<a>.{0,20}",
    ) {
        let zone = Zone::utc();
        let left_out = Cell::new(0);
        let context = Context { zone: &zone, left_out: &left_out, steps: Cell::new(Context::STEPS), now: None, most: 1 << 20 };
        let input = || "t".to_string();
        let path = |path| Command::Spath(Spath {
            input: input(),
            path,
        });
        for command in [
            path(None),
            path(Path::parse("a{}.b{1}").map(|path| (path, "x".to_string()))),
            path(Path::parse("a{1}{@b}").map(|path| (path, "x".to_string()))),
            Command::XmlKv(input()),
            Command::FromJson(FromJson { field: input(), prefix: String::new() }),
        ] {
            let rows = command.apply(vec![row(&[("t", text(&content))])], &context);
            prop_assert_eq!(rows.len(), 1);
        }
    }

    #[test]
    fn spath_finds_what_serde_finds(value in any_json(), at in 0usize..3) {
        let text_of = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let object = serde_json::json!({"a": [value, {"b": value}]});
        let (path, wanted) = match at {
            0 => ("a{0}", &object["a"][0]),
            1 => ("a{1}.b", &object["a"][1]["b"]),
            _ => ("a{}.b", &object["a"][1]["b"]),
        };
        let zone = Zone::utc();
        let left_out = Cell::new(0);
        let context = Context { zone: &zone, left_out: &left_out, steps: Cell::new(Context::STEPS), now: None, most: 1 << 20 };
        let spath = Command::Spath(Spath {
            input: "t".to_string(),
            path: Path::parse(path).map(|path| (path, "x".to_string())),
        });
        let rows = spath.apply(vec![row(&[("t", text(&object.to_string()))])], &context);
        let found = rows[0].get("x").each().first().and_then(Value::text);
        // `a{}.b` finds a `b` in the first element too.
        let own = value.get("b").filter(|_| at == 2 && !value["b"].is_null());
        let wanted = own.unwrap_or(wanted);
        prop_assert_eq!(found.map(|text| text.into_owned()), (!wanted.is_null()).then(|| text_of(wanted)));
    }
}

fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<i32>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        "[a-z\"\\\\\n]{0,6}".prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(serde_json::Value::from),
            proptest::collection::btree_map("[ab]", inner, 0..3)
                .prop_map(|map| map.into_iter().collect::<serde_json::Value>()),
        ]
    })
}

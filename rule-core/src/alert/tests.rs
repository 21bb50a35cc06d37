use super::*;
use crate::rows::Identity;
use crate::value::{Number, Value};
use serde_json::json;
use std::vec;

fn detection() -> Detection {
    Detection::from_json(&json!({
        "name": "N", "id": "396de86f", "version": 3, "type": "Anomaly", "search": "x",
        "tags": {"mitre_attack_id": ["T1059"], "analytic_story": ["S"]},
        "rba": {
            "message": "seen on $dest$",
            "risk_objects": [{"field": "dest", "type": "system", "score": 32}, {"field": "user", "type": "user", "score": 1}],
            "threat_objects": [],
        },
    }))
    .unwrap()
}

fn row() -> Row {
    let latest = Some(Time::new(1_615_686_012, 500_000_000, 1));
    let mut row = Row::new(Identity {
        by: Some(vec![String::from("EX01")]),
        latest,
        ..Identity::default()
    });
    row.set("dest", Value::Text(String::from("EX01")));
    row.set("count", Value::Number(Number::Int(3)));
    row
}

const BOUNDS: Bounds = Bounds::Run {
    start: 1_615_682_400,
    end: 1_615_686_000,
    run: 1_615_686_600,
};

fn line(detection: &Detection, bounds: Bounds, row: &Row) -> String {
    let head = Head {
        kind: Kind::Final,
        id: Id::of(&detection.id, bounds, row),
        part: 0,
        revision: 0,
    };
    let body = Body {
        row: Some(row),
        state: None,
    };
    written(detection, bounds, &head, &body)
}

fn written(detection: &Detection, bounds: Bounds, head: &Head, body: &Body<'_>) -> String {
    let mut out = Vec::new();
    write(detection, bounds, head, body, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn a_row_that_is_gone_and_a_group_that_made_room() {
    let id = Id::of("396de86f", BOUNDS, &row());
    let head = |kind, part, revision| Head {
        kind,
        id,
        part,
        revision,
    };
    let gone = Body {
        row: None,
        state: None,
    };
    let line = written(&detection(), BOUNDS, &head(Kind::Amended, 0, 2), &gone);
    assert!(line.contains(r#""kind":"amended""#), "{line}");
    assert!(line.contains(r#""part":0,"revision":2"#), "{line}");
    assert!(line.contains(r#""row":null,"attack""#), "{line}");

    let row = row();
    let group = Body {
        row: Some(&row),
        state: Some(b"state"),
    };
    let line = written(&detection(), BOUNDS, &head(Kind::Partial, 7, 0), &group);
    assert!(line.contains(r#""kind":"partial""#), "{line}");
    assert!(line.contains(r#""part":7,"revision":0"#), "{line}");
    let wanted = r#""row":{"dest":"EX01","count":3},"state":"c3RhdGU=","attack""#;
    assert!(line.contains(wanted), "without a risk: {line}");
}

#[test]
fn every_key_in_its_order() {
    assert_eq!(
        line(&detection(), BOUNDS, &row()),
        concat!(
            r#"{"schema":"rule-alert/1","kind":"final","id":"IDENTITY","part":0,"revision":0,"#,
            r#""time":"2021-03-14T01:40:00Z","rule":{"id":"396de86f","name":"N","version":3,"type":"Anomaly"},"#,
            r#""window":{"start":"2021-03-14T00:40:00Z","end":"2021-03-14T01:40:00Z"},"#,
            r#""row":{"dest":"EX01","count":3},"risk":{"message":"seen on EX01","#,
            r#""objects":[{"field":"dest","type":"system","value":"EX01","score":32}],"threats":[]},"#,
            r#""attack":["T1059"],"stories":["S"]}"#,
            "\n"
        )
        .replace("IDENTITY", &Id::of("396de86f", BOUNDS, &row()).to_string())
    );
}

/// The bytes that are hashed, put together by hand and hashed by another program.
#[test]
fn the_id_is_the_documented_hash() {
    assert_eq!(
        Id::of("396de86f", BOUNDS, &row()).to_string(),
        "bc29e68873602b9fab3a80f929af5a65"
    );
}

#[test]
fn without_a_window() {
    let line = line(&detection(), Bounds::All, &row());
    assert!(
        line.contains(r#""time":"2021-03-14T01:40:12.5Z","rule""#),
        "{line}"
    );
    assert!(!line.contains("window"), "{line}");
}

#[test]
fn without_a_time_a_risk_or_a_by_clause() {
    let mut bare = Detection::from_json(&json!({"name": "N", "id": "I", "search": "x"})).unwrap();
    bare.risk = None;
    let mut row = Row::new(Identity::default());
    row.set("a", Value::Text(String::from("\u{1}\"\u{e4}")));
    let line = line(&bare, Bounds::All, &row);
    let id = Id::of("I", Bounds::All, &row);
    assert_eq!(
        line,
        std::format!(
            "{{\"schema\":\"rule-alert/1\",\"kind\":\"final\",\"id\":\"{id}\",\"part\":0,\"revision\":0,\
             \"time\":null,\"rule\":{{\"id\":\"I\",\"name\":\"N\"}},\"row\":{{\"a\":\"\\u0001\\\"\u{e4}\"}},\
             \"attack\":[],\"stories\":[]}}\n"
        )
    );
}

#[test]
fn samples_come_last() {
    let mut row = row();
    row.identity.samples.push(Sample {
        time: None,
        input: String::from("a.log"),
        offset: 7,
        record: Some(String::from("12")),
        text: String::from("raw"),
    });
    let line = line(&detection(), BOUNDS, &row);
    let wanted = r#""samples":[{"input":"a.log","offset":7,"record":"12","text":"raw"}]}"#;
    assert!(line.trim_end().ends_with(wanted), "{line}");
}

#[test]
fn an_object_with_several_values_gives_one_each() {
    let mut row = row();
    row.set(
        "dest",
        Value::Many(vec![
            Value::Text(String::from("A")),
            Value::Text(String::from("B")),
        ]),
    );
    let line = line(&detection(), BOUNDS, &row);
    assert!(
        line.contains(r#""value":"A","score":32},{"field":"dest","type":"system","value":"B""#),
        "{line}"
    );
    assert!(line.contains(r#""message":"seen on A, B""#), "{line}");
}

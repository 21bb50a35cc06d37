//! Whatever the input: all hosts come to the same bytes, and so does every split.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::sample::Index;
use rule_tests::host::{Host, Kind};

/// A rule that takes part of every station.
const CONFIG: &str = r#"{
    "detections": [
        {"name": "grouped", "id": "1", "search": "a=* NOT a=x* (b>5 OR b!=\"?\" OR word) | eval k=if(like(b,\"a%\"),1,b.\"-\") | stats count min(_time) as first max(_time) as last values(b) as b list(b) as l sum(b) as s avg(b) as m latest(c.d) as d dc(a) as n by a k | where count<5 | convert ctime(first) | rename a as A | fillnull value=none", "rba": {"message": "$A$: $b$", "risk_objects": [{"field": "b", "type": "user", "score": 5}], "threat_objects": []}},
        {"name": "events", "id": "2", "search": "EventCode=1 OR \"two words\" OR c.d{}=1 | table _time host a b c.d{} Message"}
    ],
    "limits": {"record": 1024}, "samples": 2
}"#;

type Explained = Result<Vec<u8>, Vec<u8>>;

/// What a host gives for pieces of an input: alerts, counters, and what it says
/// of the first record.
fn run(host: &mut dyn Host, format: &str, pieces: &[&[u8]]) -> (Vec<u8>, Vec<u8>, Explained) {
    host.open(CONFIG.as_bytes()).unwrap();
    let settings = format!(r#"{{"name":"any","format":"{format}"}}"#);
    host.input(settings.as_bytes()).unwrap();
    for piece in pieces {
        host.push(piece).unwrap();
    }
    host.finish().unwrap();
    let explained = host.explain(&pieces.concat());
    (host.alerts(), host.counters(), explained)
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,3}(\\.[0-9]{1,3})?",
        "-?[0-9]{1,2}e[0-9]{1,2}",
        "\"[a-cxX]{0,3}\"",
        "\"[ -~éßİſ😀]{0,6}\"".prop_map(|text| text.replace('\\', "\\\\")),
        "\"(word|two words|\\\\n|\\\\u00e9|\\\\ud83d)\"",
        Just("null".to_string()),
        Just("true".to_string()),
        Just("[1,\"a\",{\"e\":2}]".to_string()),
        Just("{\"d\":[1,2],\"e\":\"y\"}".to_string()),
    ]
}

fn time() -> impl Strategy<Value = String> {
    prop_oneof![
        (1_615_680_000i64..1_615_700_000).prop_map(|seconds| seconds.to_string()),
        (1_615_680_000i64..1_615_690_000, "[0-9]{1,10}")
            .prop_map(|(seconds, fraction)| format!("{seconds}.{fraction}")),
        "\"2021-03-1[0-9][T ][0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z| \\+0100|)\"",
        Just("\"never\"".to_string()),
        (-12_000_000_000i64..254_000_000_000).prop_map(|seconds| seconds.to_string()),
    ]
}

fn event() -> impl Strategy<Value = String> {
    let name = "a|b|c|EventCode|EventID|host|Message|Channel|x\\.y|\\\\u0061";
    let field = (name, value()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
    let fields = proptest::collection::vec(field, 0..5);
    let a = prop_oneof![3 => "[0-3]|\"[ab]\"", 1 => value()];
    (time(), a, fields).prop_map(|(time, a, mut fields)| {
        fields.push(format!("\"_time\":{time}"));
        fields.push(format!("\"a\":{a}"));
        format!("{{{}}}", fields.join(","))
    })
}

fn line() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        40 => event().prop_map(String::into_bytes),
        1 => "[\\[\\]{}\",:a1 <&>/\\\\]{0,12}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
        1 => "<Event><System><EventID>[12]</EventID></System>(<EventData><Data>[ab&;<>]{0,3}</Data></EventData>)?</Event>".prop_map(String::into_bytes),
        1 => "03/14/2021 0[0-9]:00:00 [AP]M\nLogName=x\nEventCode=[12]\nMessage=[a-z]{0,4}".prop_map(String::into_bytes),
        1 => (1000usize..1100).prop_map(|length| format!("{{\"a\":\"{}\"}}", "z".repeat(length)).into_bytes()),
    ]
}

fn input() -> impl Strategy<Value = Vec<u8>> {
    let between = prop_oneof![
        6 => Just(&b"\n"[..]),
        2 => Just(&b"\r\n"[..]),
        1 => Just(&b""[..]),
        1 => Just(&b" ,"[..]),
    ];
    (proptest::collection::vec(line(), 0..12), between)
        .prop_map(|(lines, between)| lines.join(between))
}

fn pieces<'a>(bytes: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    places
        .windows(2)
        .map(|pair| &bytes[pair[0]..pair[1]])
        .collect()
}

#[test]
fn all_hosts_and_all_splits_agree() {
    let hosts: Vec<RefCell<Box<dyn Host>>> = Kind::ALL
        .map(|kind| RefCell::new(kind.start()))
        .into_iter()
        .collect();
    let cuts = proptest::collection::vec(any::<Index>(), 0..6);
    let format = prop_oneof![6 => Just("auto"), 6 => Just("json"), 1 => Just("xml"), 1 => Just("text"), 1 => Just("csv")];
    proptest!(|(bytes in input(), cuts in cuts, format in format)| {
        let whole = run(&mut **hosts[0].borrow_mut(), format, &[&bytes]);
        let cut = pieces(&bytes, &cuts);
        for (host, kind) in hosts.iter().zip(Kind::ALL) {
            let outcome = run(&mut **host.borrow_mut(), format, &cut);
            prop_assert_eq!(
                outcome == whole,
                true,
                "{}:\n{:?}\nand whole:\n{:?}",
                kind.name(),
                shown(&outcome),
                shown(&whole)
            );
        }
    });
}

fn shown(outcome: &(Vec<u8>, Vec<u8>, Explained)) -> [String; 3] {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let explained = outcome.2.as_ref().unwrap_or_else(|error| error);
    [text(&outcome.0), text(&outcome.1), text(explained)]
}
